"""`pencere audit verify` as an auditor runs it: on a database that is not theirs, with a role that may only read."""

import json
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from application.identity import looks_stream
from cli.auditing import app
from tests.cli.running import pencere, summary_of
from tests.proofs.verifying import Desk
from tests.verifying.held import Held


def options(held: Held) -> list[str]:
    """Return the options for what the auditor holds."""
    where = ["--database", held.place.reader, "--no-views", "--processes", "2"]
    return [*where, "--key", held.key.text, "--against", str(held.kept), "--tiles", str(held.tiles)]


def test_a_sound_ledger_is_status_0_and_the_present_checkpoint_is_kept(held: Held, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    arguments = ("--against", str(own), "--keep", *options(held), "--json")
    ended = pencere("audit", "verify", *arguments, data=tmp_path / "data")
    summary = summary_of(ended)

    assert (summary["sound"], summary["key"]) == (True, held.key.text)
    assert (summary["events"], summary["signed"], summary["findings"]) == (held.last, held.signed[-1], [])
    assert [path.name for path in own.iterdir()] == [f"checkpoint-{held.signed[-1]}"]
    assert Path(summary["kept"]).read_bytes() == (held.kept / f"checkpoint-{held.signed[-1]}").read_bytes()
    assert f"the last {held.last - held.signed[-1]} events are under no checkpoint yet" in ended.stderr


def test_a_changed_event_is_status_1_and_is_named_with_what_it_was(held: Held, tmp_path: Path) -> None:
    other = "CASE topic WHEN 'case.closed' THEN 'case.withdrawn' ELSE 'case.closed' END"
    with held.tampered(f"UPDATE ledger.events SET topic = {other} WHERE position = 40"):
        ended = pencere("audit", "verify", *options(held), "--json", data=tmp_path / "data")
    told = json.loads(ended.stdout)

    assert ended.returncode == 1
    assert (told["findings"][0]["check"], told["findings"][0]["position"]) == ("leaf", 40)
    assert "its topic was" in told["findings"][0]["says"]
    assert "event 40: it is not the event that" in ended.stderr
    assert "not everything is as it should be" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--key", "window.example+1+2"], "--key: "),
        (["--database", "host=/nowhere dbname=pencere", "--no-views"], "the database cannot be read"),
        (["--keep"], "--keep needs a folder"),
        (["--against", "no-such-folder"], "no-such-folder is not there"),
        (["--statement", "no-such-file"], "no-such-file is not there"),
        (["--tiles", "no-such-folder", "--no-views"], "there is no no-such-folder/checkpoint"),
        (["--tiles", "http://[", "--no-views"], "http://[ is no address"),
        (["--tiles", "http://here:now/", "--no-views"], "http://here:now/ is no address"),
        (["--tiles", "http://127.0.0.1:1/ə", "--no-views"], "http://127.0.0.1:1/ə does not answer"),
    ],
)
def test_what_cannot_be_told_is_one_sentence_and_status_2(held: Held, arguments: list[str], says: str) -> None:
    where = [] if "--database" in arguments else ["--database", held.place.reader]
    ended = CliRunner().invoke(app, ["verify", "--processes", "1", *where, *arguments])

    assert ended.exit_code == 2
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def busiest(held: Held) -> tuple[str, list[int]]:
    """Return the case with the most signed events, and the positions of its events and looks."""
    with psycopg.connect(held.admin) as admin:
        rows = admin.execute("SELECT stream, position, topic FROM ledger.events ORDER BY position").fetchall()
    cases = {stream for stream, _, topic in rows if topic == "case.submitted"}
    own = [(stream, position) for stream, position, _ in rows if position <= held.signed[-1]]
    [(case_id, _)] = Counter(stream for stream, _ in own if stream in cases).most_common(1)
    return str(case_id), [position for stream, position in own if stream in {case_id, looks_stream(case_id)}]


@pytest.mark.parametrize("which", ["database", "kept"])
def test_a_case_is_proved_to_whoever_has_nothing_of_ours(held: Held, tmp_path: Path, which: str) -> None:
    case_id, positions = busiest(held)
    size = held.signed[-1]
    kept = ["--checkpoint", str(held.kept / f"checkpoint-{size}"), "--tiles", str(held.tiles), "--key", held.key.text]
    file = tmp_path / "case.proof"
    where = ["prove", case_id, str(file), "--database", held.place.reader, "--json"]
    ended = CliRunner().invoke(app, [*where, *(kept if which == "kept" else [])])
    told = json.loads(ended.stdout)
    verdict = Desk.at(tmp_path / "desk").verify(file.read_bytes(), key=told["key"])

    assert (ended.exit_code, told["events"] + told["looks"], told["size"]) == (0, len(positions), size)
    assert (verdict.status, verdict.last) == (0, "Everything holds.")
    assert [f"is number {position} of {size}" in verdict.said for position in positions] == [True] * len(positions)


def test_a_case_that_was_changed_cannot_be_proved(held: Held, tmp_path: Path) -> None:
    case_id, positions = busiest(held)
    changed = f"UPDATE ledger.events SET open = open || ' ' WHERE position = {positions[-1]}"
    file = tmp_path / "case.proof"
    with held.tampered(changed):
        ended = CliRunner().invoke(app, ["prove", case_id, str(file), "--database", held.place.reader])

    assert ended.exit_code == 1
    assert f"event {positions[-1]} of the ledger" in ended.stderr
    assert not file.exists()


def test_a_service_is_no_case_that_could_be_proved(held: Held, tmp_path: Path) -> None:
    with psycopg.connect(held.place.reader) as reader:
        services = "SELECT DISTINCT stream FROM ledger.events WHERE topic IN ('service.drafted', 'look.recorded')"
        streams = [str(row[0]) for row in reader.execute(services)]
    for stream in streams:
        ended = CliRunner().invoke(app, ["prove", stream, str(tmp_path / "none"), "--database", held.place.reader])

        assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1)
        assert f"there is no case {stream}" in ended.stderr
    assert streams


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("019abcde-f012-7345-8678-9abcdef01234", "there is no case 019abcde"),
        ("PN-0000", "not the public number of a case"),
    ],
)
def test_a_case_that_there_is_not_is_one_sentence_and_status_2(
    held: Held, tmp_path: Path, case: str, says: str
) -> None:
    ended = CliRunner().invoke(app, ["prove", case, str(tmp_path / "none"), "--database", held.place.reader])

    assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1)
    assert says in ended.stderr
