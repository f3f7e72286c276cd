"""The `pencere` command. A module is imported when its command is asked for: importing all of them takes a second."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from cli.starting import start


class Place(NamedTuple):
    """Where a command is: its module, the function or group of commands there, and how its arguments are read."""

    module: str
    attribute: str = "app"
    settings: Mapping[str, Any] = MappingProxyType({})


# Another program parses the arguments, including `--help`.
_ALL = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}
_PASSED_ON: Final = {"context_settings": _ALL, "add_help_option": False}
COMMANDS: Final[Mapping[str, Place]] = MappingProxyType(
    {
        "serve": Place("cli.serving", "serve"),
        "demo": Place("cli.playing.playing", "demo"),
        "publish": Place("cli.publishing", "publish"),
        "react": Place("cli.reacting", "react"),
        "evidence": Place("cli.evidence", "evidence"),
        "subscribe": Place("cli.subscribing", "subscribe", _PASSED_ON),
        "verify": Place("cli.verifying_files", "verify", _PASSED_ON),
        "webhooks": Place("cli.webhooks", "webhooks"),
        "replica": Place("cli.replicating", "replica"),
        "reference-resource": Place("cli.reference_resource", "reference_resource"),
        "migrate": Place("cli.migrating", "migrate"),
        "token": Place("cli.tokens", "token"),
        "audit": Place("cli.auditing"),
        "clock": Place("cli.clock_commands"),
        "import": Place("cli.importing"),
        "kafka": Place("cli.kafka_commands"),
        "guardian": Place("cli.guardian_commands"),
        "keeper": Place("cli.keeper_commands"),
        "log": Place("cli.log_commands"),
        "project": Place("cli.projecting"),
        "vault": Place("cli.vault_commands"),
    }
)


class Commands(TyperGroup):
    """The commands by name."""

    def __init__(self, **settings: Any) -> None:
        # The framework lists these names and suggests them after a typo; the commands come from `get_command`.
        names: dict[str, Any] = dict.fromkeys(COMMANDS)
        super().__init__(**{**settings, "commands": names})

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002 - the framework's signature
        """Import a command; None when there is no such command."""
        place = COMMANDS.get(cmd_name)
        return None if place is None else _imported(cmd_name, place)


def _imported(name: str, place: Place) -> TyperCommand | TyperGroup:
    found = getattr(import_module(place.module), place.attribute)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name, **place.settings)(found)
    command = get_command(alone)
    if not isinstance(command, TyperCommand):
        raise TypeError(name)
    return command


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _window() -> None:
    """The `pencere` command."""


def main() -> None:
    """Run a command."""
    start(app)
