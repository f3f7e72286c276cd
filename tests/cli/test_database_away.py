"""A command whose database does not answer ends with one sentence, not with a traceback."""

from pathlib import Path

import pytest

from tests.cli.running import pencere

NOBODY_THERE = "postgresql://anybody:secret@127.0.0.1:1/pencere"


@pytest.mark.parametrize(
    "command", [["migrate"], ["project", "rebuild", "case_status"], ["project", "rebuild", "--all"]]
)
def test_a_command_says_in_a_sentence_that_the_database_is_away(command: list[str], tmp_path: Path) -> None:
    ended = pencere(*command, data=tmp_path, DATABASE_URL=NOBODY_THERE, VAULT_URL=NOBODY_THERE)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "pencere: the database does not answer" in ended.stderr
    assert "secret" not in ended.stderr
