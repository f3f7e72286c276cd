"""The public verifier refuses a receipt or history in which anything was changed, and reports fraud as fraud."""

import base64
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from ledger.public_log.head_statement import HeadStatement
from ledger.public_log.proof_files import parts_of, receipt
from tests.proofs.made import CASE, LOOKS, ORIGIN, MadeLog
from tests.proofs.verifying import Desk, assert_refused

Change = Callable[[bytes], bytes]


def in_extra(start: int, stop: int | None = None) -> Change:
    """Change one bit of the bytes that the entry is computed from."""

    def change(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        extra = bytearray(base64.b64decode(lines[1].removeprefix(b"extra ")))
        extra[start:stop] = bytes([extra[start] ^ 1]) + extra[start:stop][1:]
        lines[1] = b"extra " + base64.b64encode(extra)
        return b"\n".join(lines)

    return change


def in_text(old: bytes, new: bytes) -> Change:
    """Replace one text by another."""

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


@pytest.mark.parametrize("step", [29, pytest.param(1, marks=pytest.mark.slow)])
def test_not_one_bit_of_a_complete_history_can_be_other(verifier: ModuleType, tmp_path: Path, step: int) -> None:
    log = MadeLog(tmp_path, 8)
    genuine, keys, random = log.history(), [verifier.Key.parse(log.vkey)], Random(3)

    assert verifier.read_proof_file(genuine.decode(), keys)
    for place in range(0, len(genuine), step):
        changed = bytearray(genuine)
        changed[place] ^= 1 << random.randrange(8)
        with pytest.raises(ValueError, match=r"."):
            verifier.read_proof_file(changed.decode(), keys)
