"""The public verifier accepts the proofs of a log, and sent events that are in the log."""

import json
import re
import socket
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.running import pencere
from tests.proofs.made import CASE, LOOKS, ORIGIN, MadeLog
from tests.proofs.verifying import VERIFIER, Desk, Verdict, assert_refused


def test_it_needs_only_the_standard_library() -> None:
    text = VERIFIER.read_text()
    imported = set(re.findall(r"^\s*(?:import|from) ([a-z0-9_]+)", text, re.MULTILINE))

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


def changed(told: bytes, **members: object) -> bytes:
    """Return a sent event with other members."""
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


def assert_cannot_be_told(verdict: Verdict, says: str) -> None:
    """Check that the verifier could not find out, and says why in one sentence."""
    assert verdict.status == 2, verdict
    assert "CANNOT BE TOLD" in verdict.last
    assert says in verdict.last


def test_a_log_that_breaks_off_its_answer_cannot_be_told(log: MadeLog, desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def break_off() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort")

        threading.Thread(target=break_off, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        verdict = desk.verify(log.told(log.events[0]), key=log.vkey, more=("--log", address))

    assert_cannot_be_told(verdict, f"{address}/checkpoint has no answer, or only a part of one")


@pytest.mark.parametrize("address", ["http://[", "nowhere", "http://here:now", "http://127.0.0.1:1/a b"])
def test_an_address_that_is_none_cannot_be_told(log: MadeLog, desk: Desk, address: str) -> None:
    verdict = desk.verify(log.told(log.events[0]), key=log.vkey, more=("--log", address))

    assert_cannot_be_told(verdict, "is no address")


@pytest.mark.parametrize("length", [0, 100, 32 * 300])
@pytest.mark.parametrize("tile", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_tile_of_another_length_cannot_be_told(
    log: MadeLog, desk: Desk, tmp_path: Path, tile: str, length: int
) -> None:
    address = log.publish(tmp_path)
    whole = (tmp_path / tile).read_bytes()
    (tmp_path / tile).write_bytes((whole * 300)[:length])
    # Each tile is on the way of one of these events.
    verdict = desk.verify(log.told(log.events[7]), log.told(log.events[290]), key=log.vkey, more=("--log", address))

    assert_cannot_be_told(verdict, f"{tile.removeprefix('tile/')} of {address} is cut off, or is not one")


def test_json_that_is_nested_too_deep_cannot_be_told(log: MadeLog, desk: Desk) -> None:
    deep = b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert_cannot_be_told(desk.verify(deep, key=log.vkey), "nested too deep")


@pytest.mark.parametrize("json", [b"{},5", b'{"items":5}', b'{"items":["a"]}', b'{"items":[{"position":{}}]}'])
def test_json_that_is_no_event_is_refused(log: MadeLog, desk: Desk, json: bytes) -> None:
    assert_refused(desk.verify(json, key=log.vkey), "not an event as the window tells one")


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
