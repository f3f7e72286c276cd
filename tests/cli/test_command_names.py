"""The names of commands: all are listed, and a mistyped one is answered with the one that was meant."""

from pathlib import Path

import pytest

from cli.main import COMMANDS, Commands
from tests.cli.running import pencere


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    told = pencere("--help", data=tmp_path).stdout

    assert [name for name in COMMANDS if f" {name} " not in told] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_imported_under_its_name(name: str) -> None:
    command = Commands().get_command(None, name)

    assert command is not None
    assert command.name == name
    assert command.help


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    ended = pencere("serv", data=tmp_path)

    assert ended.returncode == 2
    assert "Did you mean 'serve'?" in " ".join(ended.stderr.split())
