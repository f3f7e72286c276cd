"""`pencere audit verify` as an auditor runs it: on a database that is not theirs, with a role that may only read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.auditing import app
from tests.cli.running import pencere, summary_of
from tests.verifying.held import Held


def options(held: Held) -> list[str]:
    """Return what the auditor holds, as options."""
    where = ["--database", held.place.reader, "--no-views", "--processes", "2"]
    return [*where, "--key", held.key.text, "--against", str(held.kept), "--tiles", str(held.tiles)]


def test_a_sound_ledger_is_status_0_and_the_present_checkpoint_is_kept(held: Held, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    arguments = ("--against", str(own), "--keep", *options(held), "--json")
    ended = pencere("audit", "verify", *arguments, data=tmp_path / "data")
    summary = summary_of(ended)

    assert summary["sound"] is True
    assert (summary["events"], summary["signed"], summary["findings"]) == (held.last, held.signed[-1], [])
    assert [path.name for path in own.iterdir()] == [f"checkpoint-{held.signed[-1]}"]
    assert Path(summary["kept"]).read_bytes() == (held.kept / f"checkpoint-{held.signed[-1]}").read_bytes()
    assert f"the last {held.last - held.signed[-1]} events are under no checkpoint yet" in ended.stderr


def test_a_changed_event_is_status_1_and_is_named_with_what_it_was(held: Held, tmp_path: Path) -> None:
    with held.tampered("UPDATE ledger.events SET topic = 'case.closed' WHERE position = 40"):
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
    ],
)
def test_what_cannot_be_told_is_one_sentence_and_status_2(held: Held, arguments: list[str], says: str) -> None:
    where = [] if "--database" in arguments else ["--database", held.place.reader]
    ended = CliRunner().invoke(app, ["verify", "--processes", "1", *where, *arguments])

    assert ended.exit_code == 2
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
