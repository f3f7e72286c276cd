"""`pencere verify`: checks the proofs that a window has given out, by the file that everybody can use."""

import os
import sys
from pathlib import Path
from typing import Final, NoReturn

import typer

from cli.terminal import fail

_VERIFIER: Final = Path(__file__).resolve().parents[1] / "verify" / "pencere_verify.py"


def verify(context: typer.Context) -> NoReturn:
    """Check receipts, complete histories and events offline: `FILE ... --key VKEY`; `--help` lists all options."""
    if not _VERIFIER.is_file():
        fail("the file that verifies is not here: it is verify/pencere_verify.py of a checkout")
    # The file replaces this process: its output and status are those of the command.
    os.execv(sys.executable, [sys.executable, "-I", str(_VERIFIER), *context.args])  # noqa: S606 - no shell is the point
