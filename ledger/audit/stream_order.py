"""Reads the ledger stream by stream: in memory that does not grow, and in parts for several processes."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple
from uuid import UUID

from ledger.audit.paging import without_last_key
from ledger.audit.session import ReadingSession
from ledger.postgresql import arrays
from ledger.store.entries import COLUMNS, StoredEntry
from ledger.store.page_size import columns_if_small

_PAGE: Final = 2000 + 1  # the last version begins the next page
_SMALL: Final = 16 << 10  # bytes of a part: a page has 64 MiB at most
_NEXT: Final = f"""
SELECT {columns_if_small(_SMALL)} FROM ledger.events e
 WHERE (stream, version) > (%b, %b) AND stream <= %b AND position <= %b AND version IS NOT NULL
 ORDER BY stream, version LIMIT %b
"""  # noqa: S608 - constant columns
_FIRST: Final = f"SELECT {COLUMNS} FROM ledger.events e WHERE version = 1 AND stream = ANY (%b)"  # noqa: S608 - constant columns
_AT: Final = "SELECT stream FROM ledger.events WHERE position = ANY (%b) AND stream IS NOT NULL"
_POSITIONS: Final = """
SELECT stream, version, position FROM ledger.events
  JOIN unnest(%b, %b) AS asked (stream, version) USING (stream, version)
"""
_LOWEST, _HIGHEST = UUID(int=0), UUID(int=(1 << 128) - 1)
_BEFORE_ANY: Final = -(1 << 63)
_place = itemgetter(*map(StoredEntry._fields.index, ("stream", "version")))


class StreamRange(NamedTuple):
    """The streams after one, and up to another."""

    after: UUID | None
    last: UUID


def ranges(session: ReadingSession, last: int, parts: int) -> list[StreamRange]:
    """Return all streams in a number of ranges with about the same number of events, estimated from a sample."""
    sample = sorted({1 + number * last // parts for number in range(parts)}) if last else []
    bounds = sorted({stream for (stream,) in session.rows(_AT, [arrays.int8s(sample)])}) if sample else []
    ends = [*bounds, _HIGHEST]
    return [StreamRange(after, end) for after, end in zip([None, *bounds], ends, strict=True) if after != end]


def in_stream_order(session: ReadingSession, streams: StreamRange, last: int) -> Iterator[StoredEntry]:
    """Return the entries of these streams up to a position, by stream and version."""
    # "After a stream" means after its highest version.
    place = (_LOWEST, _BEFORE_ANY) if streams.after is None else (streams.after, -_BEFORE_ANY - 1)
    while rows := without_last_key(session.rows(_NEXT, [*place, streams.last, last, _PAGE]), _PAGE, _place):
        yield from (session.whole(StoredEntry(*row)) for row in rows)
        place = _place(rows[-1])


def first_entries(session: ReadingSession, streams: Sequence[UUID]) -> dict[UUID, StoredEntry]:
    """Return the first entry of each of these streams that has one."""
    entries = [StoredEntry(*row) for row in session.rows(_FIRST, [arrays.uuids(streams)])]
    return {entry.stream: entry for entry in entries}


def positions_of(session: ReadingSession, events: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], int]:
    """Return the positions of those of these events, by stream and version, that exist."""
    asked = [arrays.uuids([stream for stream, _ in events]), arrays.int8s([version for _, version in events])]
    return {(stream, version): position for stream, version, position in session.rows(_POSITIONS, asked)}
