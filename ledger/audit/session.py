"""A session of somebody who may only read: on the database itself, a replica, or a restored dump."""

from functools import partial
from typing import Final, NamedTuple

from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import AUDIT
from ledger.postgresql.lost import told_why
from ledger.store.entries import StoredEntry

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


class ReadingSession(HeldSession):
    """A connection that only reads.

    Args:
        url: the database, as any role that may read the schema `ledger`, and `log` where there is one.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        LedgerUnreadableError: by any method.
    """

    def __init__(self, url: str, *, answer_within: float = AUDIT.answer_within) -> None:
        super().__init__(url, AUDIT.within(answer_within), partial(told_why, LedgerUnreadableError, "the database"))

    def extent(self) -> Extent:
        """Return how far the ledger goes, as of one moment."""
        return Extent(*self.rows(_EXTENT)[0])

    def has_log(self) -> bool:
        """Return whether the public log is in this database too."""
        return bool(self.rows(_HAS_LOG)[0][0])

    def stream(self, stream: object) -> list[StoredEntry]:
        """Return the entries of a stream."""
        return [StoredEntry(*row) for row in self.rows(_STREAM, [stream])]

    def between(self, first: int, last: int) -> list[StoredEntry]:
        """Return the entries at these positions."""
        return [StoredEntry(*row) for row in self.rows(_AROUND, [first, last])]
