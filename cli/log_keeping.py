"""The keeper of the public log as a child of `serve`, and the check before anything is served."""

import os

from application.settings import MADE_UP_ORIGIN, Settings
from cli.beside import command_beside, is_here
from cli.databases import Databases
from cli.terminal import fail, say
from consumers.child_process import Child
from consumers.log_settings import LogSettings
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.session import LogUnavailableError
from ledger.public_log.stops import LogStoppedError


def keeper_beside(settings: Settings) -> Child | None:
    """Return the keeper of the public log beside `serve`, which has the key to itself; None where none is to run.

    Raises:
        SettingsError: a setting is invalid.
    """
    LogSettings.read(os.environ)
    if not is_here("PENCERE_LOG"):
        return None
    if settings.production and settings.log_origin == MADE_UP_ORIGIN:
        say(
            "PENCERE_LOG_ORIGIN is not set: NO PUBLIC LOG IS KEPT, so there are no receipts. It is the log's name and"
            " can never be changed."
        )
        return None
    return command_beside(settings, "log", "keep")


def check_that_the_signer_is_not_ahead(settings: Settings, where: Databases) -> None:
    """End the command when the ledger is not the one that was signed: nobody may write to a restored backup."""
    try:
        check_before_serving(where.projector, settings.log_folder, settings.log_origin)
    except (LogStoppedError, LogUnavailableError) as error:
        fail(f"nothing is served. The public log: {error}")
