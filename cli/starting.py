"""How each command starts and fails, whichever module it is run by."""

import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import typer

from application.settings import SettingsError
from cli.stopping import GRACE, end_within
from cli.terminal import say
from ledger.embedded.cluster import ClusterError
from ledger.refusals import AwayError

PEOPLES_ERRORS: Final = (SettingsError, ClusterError, AwayError, OSError)
"""What a person can mend: a command that ends with one of these says it in a sentence, by `sentence_of`."""

_USAGE: Final = 2


def start(app: typer.Typer) -> None:
    """Run a command; what people did wrong is one sentence, not a traceback."""
    signal.signal(signal.SIGTERM, _unwind)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # kafka-python tells every try to connect as an error; what matters is told by whoever tries.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        _check_arguments()
        app()
    except PEOPLES_ERRORS as error:
        sys.exit(f"pencere: {sentence_of(error)}")


def sentence_of(error: Exception) -> str:
    """Return what went wrong, in a sentence for the person at the terminal."""
    if isinstance(error, AwayError):
        # The driver's own first line tells an operator which server it was; it never holds a password.
        reason = str(error.__cause__ or "").strip().partition("\n")[0]
        return f"{error} ({reason})" if reason else str(error)
    if isinstance(error, OSError):
        told = error.strerror or str(error) or type(error).__name__
        return told if error.filename is None else f"{error.filename}: {told}"
    return str(error)


def _check_arguments() -> None:
    """End the command if an argument is neither UTF-8, which databases and tokens need, nor a file that is there."""
    for argument in sys.argv[1:]:
        if argument.encode(errors="replace").decode() != argument and not Path(argument).exists():
            say(f"pencere: the argument {os.fsencode(argument)!r} is not UTF-8")
            sys.exit(_USAGE)


def _unwind(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave as an error would, so that what is open is closed; the default would leave the databases running."""
    end_within(GRACE, 128 + number)
    raise SystemExit(128 + number)
