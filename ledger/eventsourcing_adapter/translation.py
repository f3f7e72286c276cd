"""Translates the errors of the ledger and its database into the package's errors, by one table."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from eventsourcing import persistence

from ledger.refusals import (
    KeyReusedError,
    LedgerBusyError,
    LedgerClosedError,
    LedgerRefusalError,
    LedgerUnavailableError,
    UnstorableEventError,
    VersionConflictError,
)

# The first line that matches counts.
_TABLE: tuple[tuple[type[Exception], type[persistence.PersistenceError]], ...] = (
    (VersionConflictError, persistence.IntegrityError),
    (KeyReusedError, persistence.IntegrityError),
    (UnstorableEventError, persistence.DataError),
    (LedgerBusyError, persistence.OperationalError),
    (LedgerUnavailableError, persistence.OperationalError),
    (LedgerClosedError, persistence.InterfaceError),
    (LedgerRefusalError, persistence.DatabaseError),
    (psycopg.InterfaceError, persistence.InterfaceError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.InternalError, persistence.InternalError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.Error, persistence.DatabaseError),
)
_MAY_NOT = "the database role may not do this: pencere_reader reads, pencere_writer reads and appends"


@contextmanager
def translated() -> Iterator[None]:
    """Raise the package's error for an error of the ledger or its database, which stays as the cause."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise persistence.ProgrammingError(_MAY_NOT) from error
    except tuple(told for told, _ in _TABLE) as error:
        raise next(ours for told, ours in _TABLE if isinstance(error, told))(str(error)) from error
