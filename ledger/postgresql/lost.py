"""What a lost session looks like, and what its users are told: one translation for all of them."""

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
# No matter of the session, though the driver calls it operational: a value too long for an index is so for ever.
_OUR_FAULT: Final = psycopg.errors.ProgramLimitExceeded


class AnswerOverdueError(psycopg.OperationalError):
    """The server has not answered in time; the session is closed, and whether the statement was done is unknown."""


_OVERDUE: Final = (AnswerOverdueError, psycopg.errors.QueryCanceled, psycopg.errors.TransactionTimeout)


def is_lost(error: BaseException) -> bool:
    """Return whether a statement that failed so may be sent again; whether it was done before is unknown."""
    return isinstance(error, _LOST) and not isinstance(error, _OUR_FAULT)


def took_too_long(error: BaseException) -> bool:
    """Return whether a translated error comes of a statement that lasted longer than it may, at the server or here."""
    return isinstance(error.__cause__, _OVERDUE)


@contextmanager
def translated(away: type[AwayError]) -> Iterator[None]:
    """Raise the given error where the session is lost; what else is wrong with a statement stays as it is."""
    try:
        yield
    except psycopg.Error as error:
        if not is_lost(error):
            raise
        raise away("the database does not answer") from error


@contextmanager
def told_why(unreadable: type[Exception], what: str) -> Iterator[None]:
    """Raise the given error for whatever the database says, in its own words: to a person who reads it."""
    try:
        yield
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error).strip().split("\n")[0] or type(error).__name__
        raise unreadable(f"{what} cannot be read: {reason}") from error
