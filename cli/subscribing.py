"""`pencere subscribe`: prints an agency's events, one a line, by the agencies' kit."""

import os
import sys
from pathlib import Path
from typing import Final, NoReturn

import typer

from cli.terminal import fail

_KIT: Final = Path(__file__).resolve().parents[1] / "subscriber"


def subscribe(context: typer.Context) -> NoReturn:
    """Print an agency's events, one CloudEvent a line, for pipes: `--agency A --json`; `--help` lists all options."""
    if not _KIT.is_dir():
        fail("the subscriber kit is not here: it is in the folder `subscriber` of a checkout")
    path = os.pathsep.join([str(_KIT), *filter(None, [os.environ.get("PYTHONPATH")])])
    kit = [sys.executable, "-P", "-m", "pencere_subscriber", *context.args]
    # The kit replaces this process: its output, status and end are those of the command.
    os.execve(sys.executable, kit, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - no shell is the point
