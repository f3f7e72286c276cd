"""Notes, keys, checkpoints, cosignatures: the specifications' own examples, and malformed ones."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import signing
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from ledger.public_log.checkpoint import Checkpoint, TreeHead, cosigned_at, cosigned_message, opened
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.note import COSIGNATURE, ED25519, Note, NoteError, NoteSignature, VerifierKey

# c2sp.org/signed-note
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501 - the specification's own bytes
# c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - the specification's own bytes
COSIGNED = """cosignature/v1
time 1679315147
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""


def test_the_example_key_verifies_the_example_note() -> None:
    key, note = VerifierKey.parse(KEY), Note.parse(NOTE.encode())
    note.check(key)

    assert key.text == KEY
    assert note.raw == NOTE.encode()
    assert note.text == "This is an example message.\n"


@pytest.mark.parametrize("example", [NOTE, POEM, CHECKPOINT])
def test_an_example_is_read_and_written_as_it_stands(example: str) -> None:
    assert Note.parse(example.encode()).raw == example.encode()


def test_a_text_may_have_empty_lines() -> None:
    assert Note.parse(POEM.encode()).text.count("\n\n") == 1


def test_the_example_checkpoint_says_its_three_lines() -> None:
    checkpoint = Checkpoint.parse(Note.parse(CHECKPOINT.encode()).text)

    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.head.size == 20852163
    assert base64.b64encode(checkpoint.head.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert CHECKPOINT.startswith(checkpoint.text)


def test_the_example_cosignature_is_of_the_example_message() -> None:
    note = Note.parse(CHECKPOINT.encode())
    timestamp = int.from_bytes(note.signatures[1].signature[:8])

    assert cosigned_message(note.text, timestamp) == COSIGNED.encode()
    assert len(note.signatures[1].signature) == 8 + 64


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        NOTE.encode()[:-1],
        NOTE.replace("\n\n", "\n").encode(),
        NOTE.encode() + b"\n",
        NOTE.replace("example message", "example\tmessage").encode(),
        NOTE.replace("example message", "example\x00message").encode(),
        NOTE.encode() + b"\xff\n",
        NOTE.replace("—", "-").encode(),
        NOTE.replace("— example", "—  example").encode(),
        NOTE.replace("com/foo Uw", "com/foo  Uw").encode(),
        NOTE.replace("com/foo Uw", "com/f+o Uw").encode(),
        NOTE.replace("yaQM=", "yaQM").encode(),
        NOTE.replace("yaQM=", "yaQN=").encode(),
        NOTE.replace("Uw2QOkn8", "Uw2Q\u200bOkn8").encode(),
        b"text\n\n\xe2\x80\x94 example.com/foo AAAA\n",
        b"x" * (1 << 20) + NOTE.encode(),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        KEY.replace("530d903a", "530d903b"),
        KEY.replace("530d903a", "530D903A"),
        KEY.replace("example.com/foo", "example.com/bar"),
        KEY.replace("example.com/foo", "example.com/ foo"),
        KEY.replace("+AekyeR", "+AukyeR"),
        KEY[:-4],
        KEY + "\n",
        KEY + "+",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "lie",
    [
        NOTE.replace("example message", "other message"),
        NOTE.replace("Uw2QOkn8", "Uw2QOkn9"),
        NOTE.replace("Uw2QOkn8", "Vw2QOkn8"),
        NOTE.replace("— example.com/foo", "— example.com/bar"),
        NOTE + NOTE.splitlines()[-1].replace("Okn8", "Okn9") + "\n",
    ],
    ids=["text", "signature", "key id", "name", "one of two is false"],
)
def test_a_note_that_the_key_has_not_signed_as_it_stands_is_refused(lie: str) -> None:
    with pytest.raises(NoteError, match="not signed"):
        Note.parse(lie.encode()).check(VerifierKey.parse(KEY))


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    stranger = CHECKPOINT.splitlines()[-1] + "\n"

    Note.parse((NOTE + stranger).encode()).check(VerifierKey.parse(KEY))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "origin\n\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n\N{ARABIC-INDIC DIGIT ONE}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n" + "9" * 5000 + "\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqomw==\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_extension_lines_are_passed_over() -> None:
    text = Checkpoint("origin", TreeHead(0, EMPTY_ROOT)).text

    assert Checkpoint.parse(f"{text}more\n").head == TreeHead(0, EMPTY_ROOT)


def signed_by(key: Ed25519PrivateKey, name: str, text: str, algorithm: int = ED25519) -> tuple[VerifierKey, bytes]:
    vkey = VerifierKey(name, algorithm, key.public_key().public_bytes_raw())
    return vkey, Note(text, (NoteSignature(name, vkey.key_id, key.sign(text.encode())),)).raw


def test_a_checkpoint_is_of_its_own_log_only() -> None:
    text = Checkpoint("example.com/log", TreeHead(0, EMPTY_ROOT)).text
    key = Ed25519PrivateKey.generate()
    vkey, raw = signed_by(key, "example.com/log", text)
    other, of_another_name = signed_by(key, "example.com/other", text)
    witness, of_a_witness = signed_by(key, "example.com/log", text, COSIGNATURE)

    assert opened(raw, vkey).head == TreeHead(0, EMPTY_ROOT)
    for wrong_key, wrong in ((other, of_another_name), (witness, of_a_witness), (other, raw), (vkey, of_another_name)):
        with pytest.raises(NoteError):
            opened(wrong, wrong_key)


def test_another_program_accepts_our_checkpoint_and_we_accept_its_own() -> None:
    key = Ed25519PrivateKey.generate()
    head = TreeHead(7, EMPTY_ROOT)
    vkey, raw = signed_by(key, "example.com/log", Checkpoint("example.com/log", head).text)
    signer = signing.PlainEd25519Signer("example.com/log", key)
    theirs = TheirCheckpoint.make_signed("example.com/log", head.size, head.root, [signer])
    TheirCheckpoint.from_text(raw.decode()).verify(signing.Vkey.from_string(vkey.text))

    assert theirs.serialize().encode() == raw
    assert signer.vkey.serialize() == vkey.text  # type: ignore[no-untyped-call] # the library has no types


def test_a_cosignature_is_of_its_witness_and_of_this_text() -> None:
    key, now = Ed25519PrivateKey.generate(), int(time.time())
    vkey = VerifierKey("witness.example/w1", COSIGNATURE, key.public_key().public_bytes_raw())
    text = Checkpoint("example.com/log", TreeHead(7, EMPTY_ROOT)).text
    signature = NoteSignature(vkey.name, vkey.key_id, now.to_bytes(8) + key.sign(cosigned_message(text, now)))
    theirs = TheirCheckpoint.from_text(Note(text, (signature,)).raw.decode())
    theirs.verify(signing.Vkey.from_string(vkey.text))

    assert VerifierKey.parse(vkey.text) == vkey
    assert cosigned_at(text, vkey, signature) == now
    moved = signature._replace(signature=(now + 1).to_bytes(8) + signature.signature[8:])
    timeless = signature._replace(signature=bytes(8) + key.sign(cosigned_message(text, 0)))
    plain = vkey._replace(algorithm=ED25519)
    for wrong_text, wrong_key, wrong in (
        (text.replace("7", "8"), vkey, signature),
        (text, vkey, moved),
        (text, vkey, timeless),
        (text, vkey._replace(name="witness.example/w2"), signature),
        (text, plain, signature._replace(key_id=plain.key_id)),
        (text, vkey, signature._replace(signature=b"")),
    ):
        with pytest.raises(NoteError):
            cosigned_at(wrong_text, wrong_key, wrong)
