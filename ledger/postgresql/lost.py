"""Recognises a lost session, and translates its error for the user, in one place for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from ledger.refusals import AwayError

_LOST: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.TransactionTimeout,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,  # connected to a standby, while another server takes over
)
# Not a lost session, though the driver calls these operational: a value too long for an index stays too long.
_OUR_FAULT: Final = psycopg.errors.ProgramLimitExceeded


class AnswerOverdueError(psycopg.OperationalError):
    """The server has not answered in time; the session is closed, and the statement may or may not have been done."""


_OVERDUE: Final = (AnswerOverdueError, psycopg.errors.QueryCanceled, psycopg.errors.TransactionTimeout)


def is_lost(error: BaseException) -> bool:
    """Return whether a statement that failed this way may be sent again; it may or may not have been done before."""
    return isinstance(error, _LOST) and not isinstance(error, _OUR_FAULT)


def took_too_long(error: BaseException) -> bool:
    """Return whether a translated error means that a statement took too long, at the server or here."""
    return isinstance(error.__cause__, _OVERDUE)


@contextmanager
def translated(away: type[AwayError]) -> Iterator[None]:
    """Raise the given error when the session is lost; other errors of a statement pass unchanged."""
    try:
        yield
    except psycopg.Error as error:
        if not is_lost(error):
            raise
        raise away("the database does not answer") from error


@contextmanager
def told_why(unreadable: type[Exception], what: str) -> Iterator[None]:
    """Raise the given error for every error of the database, with the database's text, for a person to read."""
    try:
        yield
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error).strip().split("\n")[0] or type(error).__name__
        raise unreadable(f"{what} cannot be read: {reason}") from error
