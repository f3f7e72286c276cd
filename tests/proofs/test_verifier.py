"""The file for everybody: it accepts what a log has given out, and refuses whatever was changed in it."""

import base64
import json
import re
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.tree.checkpoint import cosigned_message
from ledger.tree.head_statement import HeadStatement
from ledger.tree.note import COSIGNATURE, Note, NoteSignature, VerifierKey
from ledger.tree.proof_files import parts_of, receipt
from tests.cli.running import pencere
from tests.ledger.tree.test_notes import CHECKPOINT, KEY, NOTE
from tests.proofs.made import CASE, LOOKS, ORIGIN, MadeLog
from tests.proofs.verifying import VERIFIER, Desk, Verdict

Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> MadeLog:
    return MadeLog(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.at(tmp_path_factory.mktemp("desk"))


def assert_refused(verdict: Verdict, says: str) -> None:
    assert verdict.status == 1, verdict
    assert "DOES NOT HOLD" in verdict.last
    assert re.search(says, verdict.last), verdict.last


def test_it_is_short_and_needs_nothing() -> None:
    text = VERIFIER.read_text()
    imported = set(re.findall(r"^\s*(?:import|from) ([a-z0-9_]+)", text, re.MULTILINE))

    assert len(text.splitlines()) < 300
    assert "hashlib" in imported
    assert imported <= sys.stdlib_module_names


def test_a_receipt_holds_and_says_what_it_proves(log: MadeLog, desk: Desk) -> None:
    verdict = desk.verify(log.receipt(log.of(CASE)[1]), key=log.vkey)

    assert verdict.status == 0, verdict
    assert f"case.step_recorded, event 2 of {CASE}, recorded 2026-09-21T14:13:20.000157Z" in verdict.said
    assert f"number 150 of 300 that {ORIGIN} has signed" in verdict.said
    assert "Gözləmə" in verdict.said
    assert verdict.last == "Everything holds."


def test_a_complete_history_holds(log: MadeLog, desk: Desk) -> None:
    verdict = desk.verify(log.history(), key=log.vkey)

    assert verdict.status == 0, verdict
    assert verdict.said.count("recorded 2026") == 5
    assert "all events of the case among the first 300" in verdict.said


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 512])
def test_every_receipt_of_a_log_holds_in_trees_of_every_shape(size: int, tmp_path: Path, desk: Desk) -> None:
    log = MadeLog(tmp_path, size)
    verdict = desk.verify(*map(log.receipt, log.events), key=log.vkey)

    assert (verdict.status, verdict.last) == (0, "Everything holds.")


def in_extra(start: int, stop: int | None = None) -> Change:
    """Change one bit of what the entry is made of."""

    def change(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        extra = bytearray(base64.b64decode(lines[1].removeprefix(b"extra ")))
        extra[start:stop] = bytes([extra[start] ^ 1]) + extra[start:stop][1:]
        lines[1] = b"extra " + base64.b64encode(extra)
        return b"\n".join(lines)

    return change


def in_text(old: bytes, new: bytes) -> Change:
    """Write one thing in another's place."""

    def change(raw: bytes) -> bytes:
        assert old in raw
        return raw.replace(old, new, 1)

    return change


def in_line(number: int) -> Change:
    """Change a letter of a line."""

    def change(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        assert len(lines[number]) > 8
        letter = b"B" if lines[number][-8:-7] == b"A" else b"A"
        lines[number] = lines[number][:-8] + letter + lines[number][-7:]
        return b"\n".join(lines)

    return change


def without_line(number: int) -> Change:
    """Leave a line out."""
    return lambda raw: b"\n".join(line for at, line in enumerate(raw.split(b"\n")) if at != number)


NOT_THE_ROOT, NOT_SIGNED = "does not lead to the root", "signature of window.example/log is not good"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(in_extra(0), "in a form that is not known", id="form"),
        pytest.param(in_extra(5), NOT_THE_ROOT, id="salt"),
        pytest.param(in_extra(40), NOT_THE_ROOT, id="stream"),
        pytest.param(in_extra(56), NOT_THE_ROOT, id="version"),
        pytest.param(in_extra(60), NOT_THE_ROOT, id="length of the topic"),
        pytest.param(in_extra(62), NOT_THE_ROOT, id="topic"),
        pytest.param(in_extra(86), NOT_THE_ROOT, id="time"),
        pytest.param(in_extra(100), NOT_THE_ROOT, id="open part"),
        pytest.param(in_extra(-32, None), NOT_THE_ROOT, id="hash of the sealed part"),
        pytest.param(in_text(b"index 149", b"index 148"), NOT_THE_ROOT, id="index"),
        pytest.param(in_text(b"index 149", b"index 0149"), "not a receipt", id="index written otherwise"),
        pytest.param(in_text(b"index 149", b"index 300"), NOT_THE_ROOT, id="index beyond the tree"),
        pytest.param(in_line(3), NOT_THE_ROOT, id="first hash of the way"),
        pytest.param(in_line(11), NOT_THE_ROOT, id="last hash of the way"),
        pytest.param(without_line(3), NOT_THE_ROOT, id="a hash is missing"),
        pytest.param(
            lambda raw: raw.replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n\n", 1), NOT_THE_ROOT, id="one too many"
        ),
        pytest.param(in_text(b"\nwindow.example/log\n", b"\nwindow.example/lag\n"), NOT_SIGNED, id="origin"),
        pytest.param(in_text(b"\n300\n", b"\n301\n"), NOT_SIGNED, id="size"),
        pytest.param(in_line(15), NOT_SIGNED, id="root"),
        pytest.param(in_line(17), NOT_SIGNED, id="signature"),
        pytest.param(in_text(b"\xe2\x80\x94 window", b"\xe2\x80\x94 windew"), "not signed by window", id="signer"),
        pytest.param(without_line(17), "cut off", id="no signature"),
        pytest.param(lambda raw: raw[:-1], "cut off", id="cut off"),
        pytest.param(lambda raw: raw + b"more\n", "only signatures may", id="something after it"),
        pytest.param(in_text(b"tlog-proof@v1", b"tlog-proof@v2"), "not signed", id="another format"),
        pytest.param(lambda raw: raw[: len(raw) // 4], "not a receipt", id="the first quarter"),
        pytest.param(lambda _: b"", "nothing in it", id="nothing"),
    ],
)
def test_a_receipt_in_which_one_thing_was_changed_is_refused(
    log: MadeLog, desk: Desk, change: Change, says: str
) -> None:
    genuine = log.receipt(log.of(CASE)[1])
    changed = change(genuine)

    assert changed != genuine
    assert_refused(desk.verify(changed, key=log.vkey), says)


def test_a_receipt_of_another_key_is_refused(log: MadeLog, desk: Desk, tmp_path: Path) -> None:
    stranger = MadeLog(tmp_path, 3)

    assert_refused(desk.verify(log.receipt(log.events[0]), key=stranger.vkey), "not signed by window.example/log with")
    assert_refused(desk.verify(log.receipt(log.events[0]), key=log.vkey[:-4]), "verifier key")
    assert_refused(desk.verify(log.receipt(log.events[0]), key=log.vkey[:-1]), "cut off")
    assert_refused(desk.verify(log.receipt(log.events[0]), key="here/is/no/key"), "verifier key")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(in_text(b"versions 3", b"versions 2"), "signature of window.example/log/head", id="versions"),
        pytest.param(in_text(b"looks 2", b"looks 1"), "signature of window.example/log/head", id="looks"),
        pytest.param(in_text(b"size 300", b"size 299"), "signature of window.example/log/head", id="size"),
        pytest.param(in_text(b"case 01", b"case 02"), "signature of window.example/log/head", id="case"),
        pytest.param(in_line(6), "signature of window.example/log/head", id="signature"),
    ],
)
def test_a_history_whose_statement_was_changed_is_refused(log: MadeLog, desk: Desk, change: Change, says: str) -> None:
    assert_refused(desk.verify(change(log.history()), key=log.vkey), says)


@pytest.mark.parametrize("left_out", range(5))
def test_a_history_without_one_of_its_events_is_refused(log: MadeLog, desk: Desk, left_out: int) -> None:
    statement, receipts = parts_of(log.history())
    event = log.of(CASE, LOOKS)[left_out]
    kept = [each for number, each in enumerate(receipts) if number != left_out]

    verdict = desk.verify(statement + b"".join(kept), key=log.vkey)

    assert_refused(verdict, f"missing here: {event.version} of {event.stream}$")


def test_a_history_with_an_event_twice_or_of_another_case_is_refused(log: MadeLog, desk: Desk) -> None:
    statement, receipts = parts_of(log.history())
    for more in (receipts[0], log.receipt(log.events[0])):
        verdict = desk.verify(statement + b"".join([*receipts, more]), key=log.vkey)
        assert_refused(verdict, "none, but there are others")


def test_a_checkpoint_is_no_statement_and_a_statement_no_checkpoint(log: MadeLog, desk: Desk) -> None:
    _, receipts = parts_of(log.history())
    statement = log.signer.state(HeadStatement(ORIGIN, CASE, 3, 2, 300))
    event = log.of(CASE)[0]

    assert_refused(
        desk.verify(log.checkpoint + b"".join(receipts), key=log.vkey), "not signed by window.example/log/head"
    )
    assert_refused(desk.verify(receipt(event, [], statement), key=log.vkey), "not signed by window.example/log with")


def test_an_event_that_the_log_has_signed_away_is_provable_fraud(log: MadeLog, desk: Desk) -> None:
    lie = parts_of(log.history(versions=2))
    short = lie[0] + b"".join(lie[1][:-1])
    left_out = log.receipt(log.of(CASE)[2])

    assert desk.verify(short, key=log.vkey).status == 0, "nobody can tell by this file alone"
    assert_refused(desk.verify(left_out, short, key=log.vkey), "FRAUD: the log has signed a history without event 3 of")
    assert_refused(desk.verify(short, left_out, key=log.vkey), "FRAUD")


def test_two_trees_of_one_size_are_provable_fraud(log: MadeLog, desk: Desk, tmp_path: Path) -> None:
    other = MadeLog(tmp_path, 300, seed=2)
    other.signer = log.signer
    text = other.checkpoint.decode().split("\n\n")[0] + "\n"
    forged = log.signer._signed_note(text, log.signer.vkey)
    event = other.events[7]
    path = [base64.b64decode(line) for line in other.receipt(event).decode().split("\n")[3:12]]
    receipts = (log.receipt(log.events[8]), receipt(event, path, forged))

    assert_refused(
        desk.verify(*receipts, key=log.vkey), "FRAUD: the log has signed two that differ: tree of 300 events"
    )


def changed(told: bytes, **members: object) -> bytes:
    """Return an event as told, with something else in it."""
    return json.dumps(json.loads(told) | members, ensure_ascii=False).encode()


def test_what_was_told_is_proved_by_the_log_or_by_receipts(log: MadeLog, desk: Desk, tmp_path: Path) -> None:
    address = log.publish(tmp_path)
    told = [log.told(event) for event in log.events]
    as_page = b'{"items":[' + b",".join(told) + b'],"next":300}'
    as_another_wrote_them = b"\n".join(json.dumps(json.loads(each), indent=2).encode() for each in told)

    assert b"data_base64" in told[-1], "another application has written what is no JSON"
    for form in (b"\n".join(told), as_page, as_another_wrote_them):
        verdict = desk.verify(form, key=log.vkey, more=("--log", address))
        assert (verdict.status, verdict.said.count(" has signed; it says")) == (0, 300), verdict
    assert desk.verify(log.receipt(log.events[4]), told[4], key=log.vkey).status == 0
    unproved = desk.verify(log.receipt(log.events[4]), told[5], key=log.vkey)
    assert unproved.status == 2
    assert "CANNOT BE TOLD: nothing here proves the event at position 6" in unproved.last


@pytest.mark.parametrize(
    "members",
    [
        {"data": {"actor": {"role": "official"}, "data": {"step": "T9"}, "schema": 1}},
        {"type": "case.decided"},
        {"id": f"{CASE}:4"},
        {"subject": str(LOOKS), "id": f"{LOOKS}:1"},
        {"recordedat": "1790000000000008"},
        {"time": "2026-09-21T13:33:20.000002Z"},
        {"salt": "00" * 32},
        {"sealedhash": "00" * 32},
        {"position": 3},
        {"position": None},
        {"position": 0},
        {"data_base64": "e30="},
    ],
    ids=" and ".join,
)
def test_an_event_that_was_told_falsely_is_refused(
    log: MadeLog, desk: Desk, tmp_path: Path, members: dict[str, object]
) -> None:
    address = log.publish(tmp_path)
    event = log.of(CASE)[0]

    verdict = desk.verify(changed(log.told(event), **members), key=log.vkey, more=("--log", address))
    assert_refused(verdict, "is another event|two times that differ|not an event")


def test_an_event_that_no_checkpoint_covers_yet_cannot_be_told(log: MadeLog, desk: Desk, tmp_path: Path) -> None:
    address = log.publish(tmp_path)
    verdict = desk.verify(changed(log.told(log.events[0]), position=301), key=log.vkey, more=("--log", address))

    assert verdict.status == 2
    assert "the log has signed 300 events so far, and this is number 301" in verdict.last
    assert desk.verify(log.told(log.events[0]), key=log.vkey, more=("--log", address + "/away")).status == 2


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
    altered = in_line(-2)(witnessed)
    named = ("--witness", witness)

    assert desk.verify(witnessed, key=log.vkey, more=named).status == 0
    assert desk.verify(witnessed, key=log.vkey).status == 0, "whom nobody asks about is passed over"
    for unwitnessed in (genuine, other):
        assert_refused(desk.verify(unwitnessed, key=log.vkey, more=named), "not signed by witness.example/w1")
    assert_refused(desk.verify(altered, key=log.vkey, more=named), "witness.example/w1")
    assert_refused(desk.verify(witnessed, key=witness), "not a checkpoint of the log witness.example/w1")


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    spec = spec_from_file_location("pencere_verify", VERIFIER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_specifications_examples_hold(verifier: ModuleType) -> None:
    key = verifier.Key.parse(KEY)

    assert verifier.opened(NOTE, key) == "This is an example message.\n"
    for lie in (NOTE.replace("message", "massage"), NOTE.replace("Uw2QOkn8", "Uw2QOkn9"), CHECKPOINT, NOTE[:-1]):
        with pytest.raises(ValueError, match=r"not good|not signed|cut off"):
            verifier.opened(lie, key)


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


def test_the_command_is_the_same_file(log: MadeLog, tmp_path: Path) -> None:
    genuine = tmp_path / "receipt"
    genuine.write_bytes(log.receipt(log.events[0]))
    holds = pencere("verify", str(genuine), "--key", log.vkey, data=tmp_path)
    genuine.write_bytes(log.receipt(log.events[0]).replace(b"index 0", b"index 1"))
    does_not = pencere("verify", str(genuine), "--key", log.vkey, data=tmp_path)

    assert (holds.returncode, holds.stdout.splitlines()[-1]) == (0, "Everything holds.")
    assert does_not.returncode == 1
    assert "DOES NOT HOLD" in does_not.stdout
    assert "--witness VKEY" in pencere("verify", "--help", data=tmp_path).stdout
