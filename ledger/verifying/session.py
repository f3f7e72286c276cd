"""A session of somebody who may only read: on the database itself, a replica, or a restored dump."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, NamedTuple, Self

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.records import StoredEntry

_SETTINGS: Final = (
    "default_transaction_read_only = on",
    "plan_cache_mode = force_generic_plan",
    "jit = off",
    "enable_seqscan = off",
)
_COLUMNS: Final = "position, stream, version, recorded_at, topic, salt, open, sealed"
_STREAM: Final = f"SELECT {_COLUMNS} FROM ledger.events WHERE stream = %b ORDER BY version"  # noqa: S608 - constant
_AROUND: Final = f"SELECT {_COLUMNS} FROM ledger.events WHERE position BETWEEN %b AND %b ORDER BY position"  # noqa: S608 - constant
_EXTENT: Final = """
SELECT h.position, h.recorded_at,
       coalesce((SELECT min(position) FROM ledger.events), 1), coalesce((SELECT max(position) FROM ledger.events), 0)
  FROM (SELECT count(*) AS rows FROM ledger.head) c LEFT JOIN ledger.head h ON true
"""
_HAS_LOG: Final = "SELECT to_regclass('log.checkpoints') IS NOT NULL AND to_regclass('log.tiles') IS NOT NULL"


class LedgerUnreadableError(Exception):
    """The database cannot be read: it is away, it is no ledger, or the role may not."""


class Extent(NamedTuple):
    """What the head says, which is None where it is gone, and which positions there are."""

    head: int | None
    head_time: int | None
    first: int
    last: int


class ReadingSession:
    """A connection that only reads.

    Args:
        url: the database, as any role that may read the schema `ledger`, and `log` where there is one.

    Raises:
        LedgerUnreadableError: by any method.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[TupleRow] | None = None

    def __enter__(self) -> Self:
        with _translated():
            self._connection = psycopg.connect(self._url, autocommit=True, application_name="pencere audit")
            arrays.register(self._connection)
            for setting in _SETTINGS:
                self._connection.execute(f"SET {setting}".encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query."""
        if self._connection is None:
            raise LedgerUnreadableError("the session is not open")
        with _translated():
            return self._connection.execute(query.encode(), parameters, prepare=True, binary=True).fetchall()

    def extent(self) -> Extent:
        """Return how far the ledger goes, as of one moment."""
        return Extent(*self.rows(_EXTENT)[0])

    def has_log(self) -> bool:
        """Tell whether the public log is in this database too."""
        return bool(self.rows(_HAS_LOG)[0][0])

    def stream(self, stream: object) -> list[StoredEntry]:
        """Return the entries of a stream."""
        return [StoredEntry(*row) for row in self.rows(_STREAM, [stream])]

    def between(self, first: int, last: int) -> list[StoredEntry]:
        """Return the entries at these positions."""
        return [StoredEntry(*row) for row in self.rows(_AROUND, [first, last])]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error).strip().split("\n")[0] or type(error).__name__
        raise LedgerUnreadableError(f"the database cannot be read: {reason}") from error
