"""The public verifier checks signatures as the specifications say, and as other libraries do."""

from random import Random
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.public_log.checkpoint import cosigned_message
from ledger.public_log.note import COSIGNATURE, Note, NoteSignature, VerifierKey
from tests.ledger.tree.test_notes import CHECKPOINT, KEY, NOTE
from tests.proofs.made import MadeLog
from tests.proofs.verifying import Desk, assert_refused


def cosigned(log: MadeLog, note: bytes, time: int = 1_790_000_000) -> tuple[str, bytes]:
    """Return the key of a witness, and a checkpoint with its cosignature."""
    key = Ed25519PrivateKey.from_private_bytes(log.random.randbytes(32))
    vkey = VerifierKey("witness.example/w1", COSIGNATURE, key.public_key().public_bytes_raw())
    signature = key.sign(cosigned_message(Note.parse(note).text, time))
    line = NoteSignature(vkey.name, vkey.key_id, time.to_bytes(8) + signature).line
    return vkey.text, note + line.encode()


def test_a_witness_that_is_named_must_have_cosigned(log: MadeLog, desk: Desk) -> None:
    witness, note = cosigned(log, log.checkpoint)
    _, of_another = cosigned(log, log.checkpoint)
    genuine = log.receipt(log.events[0])
    witnessed, other = (genuine.replace(log.checkpoint, each) for each in (note, of_another))
    altered = witnessed[:-8] + (b"B" if witnessed[-8:-7] == b"A" else b"A") + witnessed[-7:]
    named = ("--witness", witness)

    assert desk.verify(witnessed, key=log.vkey, more=named).status == 0
    assert desk.verify(witnessed, key=log.vkey).status == 0, "whom nobody asks about is passed over"
    for unwitnessed in (genuine, other):
        assert_refused(desk.verify(unwitnessed, key=log.vkey, more=named), "not signed by witness.example/w1")
    assert_refused(desk.verify(altered, key=log.vkey, more=named), "witness.example/w1")
    assert_refused(desk.verify(witnessed, key=witness), "not a checkpoint of the log witness.example/w1")


def test_the_specifications_examples_hold(verifier: ModuleType) -> None:
    key = verifier.Key.parse(KEY)

    assert verifier.signed_text(NOTE, key) == "This is an example message.\n"
    for lie in (NOTE.replace("message", "massage"), NOTE.replace("Uw2QOkn8", "Uw2QOkn9"), CHECKPOINT, NOTE[:-1]):
        with pytest.raises(ValueError, match=r"not good|not signed|cut off"):
            verifier.signed_text(lie, key)


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
    ids=["empty", "one byte", "two bytes"],
)
def test_signatures_are_checked_as_rfc_8032_has_it(
    verifier: ModuleType, public: str, message: str, signature: str
) -> None:
    key, said, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    other_s = (int.from_bytes(signed[32:], "little") + verifier.ORDER).to_bytes(32, "little")

    assert verifier.has_signed(key, said, signed)
    assert not verifier.has_signed(key, said + b"x", signed)
    assert not verifier.has_signed(key, said, signed[:32] + other_s), "a second signature from a first one"
    assert not verifier.has_signed(key, said, signed + b"x")
    assert not verifier.has_signed(key, said, signed[:63])
    assert not verifier.has_signed(key, said, bytes(64))


def test_signatures_are_checked_as_another_library_does(verifier: ModuleType) -> None:
    random = Random(8)
    for _ in range(20):
        key = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
        message = random.randbytes(random.randrange(100))
        public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
        assert verifier.has_signed(public, message, signature)
        signature[random.randrange(64)] ^= 1 << random.randrange(8)
        assert not verifier.has_signed(public, message, bytes(signature))
