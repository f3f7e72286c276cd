"""How each command starts and fails, whichever module it is run by."""

import logging
import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from application.settings import SettingsError
from cli.stopping import GRACE, end_within
from ledger.embedded.cluster import ClusterError
from ledger.refusals import AwayError


def start(app: typer.Typer) -> None:
    """Run a command; what people did wrong is one sentence, not a traceback."""
    signal.signal(signal.SIGTERM, _unwind)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # kafka-python tells every try to connect as an error; what matters is told by whoever tries.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        app()
    except (SettingsError, ClusterError) as error:
        sys.exit(f"pencere: {error}")
    except AwayError as error:
        # The driver's own first line tells an operator which server it was; it never holds a password.
        reason = str(error.__cause__ or "").strip().partition("\n")[0]
        sys.exit(f"pencere: {error}" + (f" ({reason})" if reason else ""))


def _unwind(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave as an error would, so that what is open is closed; the default would leave the databases running."""
    end_within(GRACE, 128 + number)
    raise SystemExit(128 + number)
