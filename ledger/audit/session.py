"""A session that only reads: on the database itself, a replica, or a restored dump."""

from functools import partial
from typing import Final, NamedTuple

from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import AUDIT
from ledger.postgresql.lost import told_why
from ledger.store.entries import COLUMNS, StoredEntry
from ledger.store.page_size import COLUMNS_IF_SMALL

_STREAM: Final = f"SELECT {COLUMNS} FROM ledger.events e WHERE stream = %b ORDER BY version"  # noqa: S608 - constant
_AROUND: Final = f"SELECT {COLUMNS_IF_SMALL} FROM ledger.events e WHERE position BETWEEN %b AND %b ORDER BY position"  # noqa: S608 - constant
_WHOLE: Final = f"""
SELECT {COLUMNS} FROM ledger.events e
 WHERE position = %b AND stream IS NOT DISTINCT FROM %b AND version IS NOT DISTINCT FROM %b LIMIT 1
"""  # noqa: S608 - constant columns
_EXTENT: Final = """
SELECT h.position, h.recorded_at,
       coalesce((SELECT min(position) FROM ledger.events), 1), coalesce((SELECT max(position) FROM ledger.events), 0),
       EXISTS (SELECT FROM ledger.events WHERE position IS NULL)
  FROM (SELECT count(*) AS rows FROM ledger.head) c LEFT JOIN ledger.head h ON true
"""
_HAS_LOG: Final = "SELECT to_regclass('log.checkpoints') IS NOT NULL AND to_regclass('log.tiles') IS NOT NULL"


class LedgerUnreadableError(Exception):
    """The database cannot be read: it is away, it is not a ledger, or the role has no right to."""


class Extent(NamedTuple):
    """The head's position (None when the head is gone), the positions that exist, and whether an event has none."""

    head: int | None
    head_time: int | None
    first: int
    last: int
    unplaced: bool


class ReadingSession(HeldSession):
    """A connection that only reads.

    Args:
        url: the database, as any role that may read the schema `ledger`, and `log` if it exists.
        answer_within: seconds without an answer after which the session counts as lost.

    Raises:
        LedgerUnreadableError: by any method.
    """

    def __init__(self, url: str, *, answer_within: float = AUDIT.answer_within) -> None:
        super().__init__(url, AUDIT.within(answer_within), partial(told_why, LedgerUnreadableError, "the database"))

    def extent(self) -> Extent:
        """Return the ledger's extent at one moment."""
        return Extent(*self.rows(_EXTENT)[0])

    def has_log(self) -> bool:
        """Return whether the public log is in this database too."""
        return bool(self.rows(_HAS_LOG)[0][0])

    def stream(self, stream: object) -> list[StoredEntry]:
        """Return the entries of a stream."""
        return [StoredEntry(*row) for row in self.rows(_STREAM, [stream])]

    def between(self, first: int, last: int) -> list[StoredEntry]:
        """Return the entries at these positions, without their large parts."""
        return [StoredEntry(*row) for row in self.rows(_AROUND, [first, last])]

    def whole(self, entry: StoredEntry) -> StoredEntry:
        """Return an entry of a page with its large parts, which a page leaves out."""
        if None not in entry[-2:]:
            return entry
        rows = self.rows(_WHOLE, [entry.position, entry.stream, entry.version])
        return StoredEntry(*rows[0]) if rows else entry
