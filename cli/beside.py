"""What runs beside `serve`: which commands, each in a process of its own, and how an operator says that they do not."""

import os
import sys

from application.settings import HERE_OR_APART, Settings, one_of
from consumers.child_process import Child


def command_beside(settings: Settings, *words: str, niceness: int = 0) -> Child:
    """Return one of our own commands as a child, on the same data folder and settings.

    Args:
        settings: of this process.
        words: the command as an operator types it, after `pencere`.
        niceness: by how much it gives way to others when the cores do not suffice.
    """
    command = [sys.executable, "-m", "cli", *words, "--data", str(settings.data)]
    return Child(" ".join(("pencere", *words)), command, niceness)


def is_here(variable: str) -> bool:
    """Return whether `serve` does what the variable is about; set to `apart`, it leaves that to another process.

    Raises:
        SettingsError: the variable is neither `here` nor `apart`.
    """
    return one_of(os.environ, variable, HERE_OR_APART, "here") == "here"
