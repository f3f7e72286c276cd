"""The keeper of the public log as a child of `serve`, and what is checked before anything is served."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from application.settings import MADE_UP_ORIGIN, Settings, SettingsError
from cli.databases import Databases
from cli.terminal import fail, say
from consumers.child_process import kept_running
from consumers.log_settings import LogSettings
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.session import LogUnavailableError
from ledger.public_log.stops import LogStoppedError

_WHERE = "PENCERE_LOG"


@contextmanager
def keeping_beside(settings: Settings) -> Iterator[None]:
    """Have the public log kept by a process of its own: it takes nothing from those who are served, and has the key.

    Raises:
        SettingsError: a setting makes no sense.
    """
    chosen = os.environ.get(_WHERE) or "here"
    if chosen not in {"here", "apart"}:
        raise SettingsError(f"{_WHERE} is here or apart, not {chosen!r}")
    LogSettings.read(os.environ)
    if chosen == "apart":
        yield
        return
    if settings.production and settings.log_origin == MADE_UP_ORIGIN:
        say(
            "PENCERE_LOG_ORIGIN is not set: NO PUBLIC LOG IS KEPT, so there are no receipts. It is the log's name and"
            " can never be changed."
        )
        yield
        return
    with kept_running([sys.executable, "-m", "cli", "log", "keep", "--data", str(settings.data)]):
        yield


def check_that_the_signer_is_not_ahead(settings: Settings, where: Databases) -> None:
    """End the command when the ledger is not the one that was signed: nobody is to write on after a restored backup."""
    try:
        check_before_serving(where.projector, settings.log_folder, settings.log_origin)
    except (LogStoppedError, LogUnavailableError) as error:
        fail(f"nothing is served. The public log: {error}")
