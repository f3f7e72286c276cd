"""What runs beside `serve`: which commands, each in a process of its own, and how an operator says that they do not."""

import os
import sys

from application.settings import Settings, SettingsError
from consumers.child_process import Child


def command_beside(settings: Settings, *words: str, niceness: int = 0) -> Child:
    """Return one of our own commands as a child, on the same data folder and settings."""
    name = f"pencere {' '.join(words)}"
    return Child(name, [sys.executable, "-m", "cli", *words, "--data", str(settings.data)], niceness)


def is_here(variable: str) -> bool:
    """Return whether `serve` does what the variable is about; set to `apart`, it leaves that to another process.

    Raises:
        SettingsError: the variable is neither `here` nor `apart`.
    """
    chosen = os.environ.get(variable) or "here"
    if chosen not in {"here", "apart"}:
        raise SettingsError(f"{variable} is here or apart, not {chosen!r}")
    return chosen == "here"
