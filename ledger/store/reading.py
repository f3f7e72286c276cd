"""Reads the ledger, with the questions of many callers in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from ledger.postgresql import arrays
from ledger.postgresql.group_commit import Gatherer
from ledger.postgresql.kinds import READ
from ledger.postgresql.patience import Patience
from ledger.postgresql.pool import SessionPool
from ledger.postgresql.task_ending import close_all
from ledger.refusals import KeyReusedError, LedgerUnavailableError
from ledger.store.entries import COLUMNS, Appended, IdempotencyKey, StoredEntry
from ledger.store.page_size import is_whole, large_page, small_after, small_page, within_after

_SMALL_AFTER, _WITHIN_AFTER = small_after(COLUMNS), within_after(COLUMNS)
_AT = f"SELECT {COLUMNS} FROM ledger.events e WHERE position = ANY (%b) ORDER BY position"  # noqa: S608
_STREAMS = f"""
SELECT {COLUMNS} FROM unnest(%b, %b) AS q (stream, after)
  CROSS JOIN LATERAL (SELECT * FROM ledger.events e WHERE e.stream = q.stream AND e.version > q.after) e
 ORDER BY e.stream, e.version
"""  # noqa: S608 - constant columns
_VERSIONS = f"""
SELECT {COLUMNS} FROM ledger.events e
 WHERE e.stream = %b AND e.version > %b AND e.version <= %b ORDER BY e.version LIMIT %b
"""  # noqa: S608 - constant columns
_VERSIONS_BACKWARDS = _VERSIONS.replace("ORDER BY e.version", "ORDER BY e.version DESC")
_TOPICS = f"""
SELECT {COLUMNS} FROM ledger.events e
 WHERE e.position > %b AND e.position <= %b AND e.topic = ANY (%b) ORDER BY e.position LIMIT %b
"""  # noqa: S608 - constant columns
_KEY = """
SELECT k.body, e.position, e.recorded_at, e.stream, e.version
  FROM ledger.idempotency_keys k JOIN ledger.events e ON e.position = k.position WHERE k.key = %b
"""
_EXISTING = "SELECT DISTINCT stream FROM ledger.events WHERE stream = ANY (%b)"
_BEGINNINGS = "SELECT stream, topic FROM ledger.events WHERE stream = ANY (%b) AND version = 1"
_EXPIRE = "SELECT ledger.expire_idempotency_keys(%b)"
_POSITION_AT = "SELECT ledger.position_at(%b)"
_LAST = "SELECT position FROM ledger.head"
MOST_BYTES: Final = 64 << 20
"""The most bytes of entries that one read returns, if no limit is given."""


class StreamQuestion(NamedTuple):
    """A question for the events of a stream after a version."""

    stream: UUID
    after: int


class Reader:
    """Reads through a small pool of connections. A lost connection is replaced, and the read repeated.

    Args:
        url: the database, as a role that may read events.
        connections: the size of the pool.
        patience: seconds for which a read is repeated while the database is away, before LedgerUnavailableError.
        most_bytes: the most bytes that `after` returns, unless a single entry has more.
    """

    def __init__(self, url: str, *, connections: int = 4, patience: float = 30, most_bytes: int = MOST_BYTES) -> None:
        self._patience, self._most_bytes = patience, most_bytes
        self._pool = SessionPool(url, READ.within(patience), most=connections)
        self._streams = Gatherer[StreamQuestion, list[StoredEntry]](self._read_streams, most=256)

    async def open(self) -> None:
        """Connect."""
        try:
            await self.last()
        except LedgerUnavailableError as error:
            await self._pool.close()
            raise LedgerUnavailableError("the database cannot be reached; the log says why") from error
        except BaseException:
            await self._pool.close()
            raise

    async def close(self) -> None:
        """Disconnect."""
        await close_all(self._streams.close, self._pool.close)

    async def after(self, position: int, limit: int) -> list[StoredEntry]:
        """Return at most `limit` entries after a position, in position order.

        There are fewer when they have many bytes, but at least one if there is one: only an empty page is the end.
        """
        asked = position, limit, self._most_bytes
        rows = await self.fetch(_SMALL_AFTER, small_page(*asked))
        if not is_whole(position, len(rows), rows[-1][0] if rows else None):
            rows = await self.fetch(_WITHIN_AFTER, large_page(*asked))
        return [StoredEntry(*row) for row in rows]

    async def at(self, positions: Sequence[int]) -> list[StoredEntry]:
        """Return the entries at these positions, in position order."""
        return [StoredEntry(*row) for row in await self.fetch(_AT, [arrays.int8s(positions)])]

    async def stream(self, stream: UUID, after: int) -> list[StoredEntry]:
        """Return the entries of a stream after a version, in version order."""
        return await self._streams.ask(StreamQuestion(stream, after))

    async def versions(self, stream: UUID, after: int, up_to: int, limit: int, *, backwards: bool) -> list[StoredEntry]:
        """Return at most `limit` entries of a stream, after a version and up to another, in the order asked for."""
        query = _VERSIONS_BACKWARDS if backwards else _VERSIONS
        return [StoredEntry(*row) for row in await self.fetch(query, [stream, after, up_to, limit])]

    async def of_topics(self, topics: Sequence[str], after: int, up_to: int, limit: int) -> list[StoredEntry]:
        """Return at most `limit` entries of these topics, after a position and up to another, in position order.

        Topics have no index, so the server reads every entry in between. The caller chooses how many.
        """
        parameters = [after, up_to, arrays.texts(topics), limit]
        return [StoredEntry(*row) for row in await self.fetch(_TOPICS, parameters)]

    async def answer_to(self, key: IdempotencyKey) -> Appended | None:
        """Return the first answer to the key, or None.

        Raises:
            KeyReusedError: the key came with another body the first time.
        """
        rows = await self.fetch(_KEY, [UUID(bytes=key.key)])
        if not rows:
            return None
        body, position, recorded_at, stream, version = rows[0]
        if body.bytes != key.body:
            raise KeyReusedError("the idempotency key was used before, with another body")
        return Appended(position, recorded_at, stream, version, repeated=True)

    async def existing(self, streams: Sequence[UUID]) -> set[UUID]:
        """Return which of these streams have events."""
        return {row[0] for row in await self.fetch(_EXISTING, [arrays.uuids(streams)])}

    async def beginnings(self, streams: Sequence[UUID]) -> dict[UUID, str]:
        """Return the topic of the first event of those streams that have one."""
        return dict(await self.fetch(_BEGINNINGS, [arrays.uuids(streams)]))

    async def expire_keys(self, before: int) -> int:
        """Delete the idempotency keys of events recorded before the instant (microseconds); return how many."""
        forgotten = 0
        while in_this_slice := int((await self.fetch(_EXPIRE, [before]))[0][0]):
            forgotten += in_this_slice
        return forgotten

    async def position_at(self, instant: int) -> int:
        """Return the last position that was recorded at or before an instant (microseconds)."""
        return int((await self.fetch(_POSITION_AT, [instant]))[0][0])

    async def last(self) -> int:
        """Return the position of the last event; 0 when there is none."""
        row = (await self.fetch(_LAST, []))[0]
        return int(row[0])

    async def _read_streams(self, questions: Sequence[StreamQuestion]) -> Sequence[list[StoredEntry]]:
        wanted: dict[UUID, int] = {}
        for stream, after in questions:
            wanted[stream] = min(after, wanted.get(stream, after))
        parameters = [arrays.uuids(list(wanted)), arrays.int8s(list(wanted.values()))]
        found: dict[UUID, list[StoredEntry]] = defaultdict(list)
        for row in await self.fetch(_STREAMS, parameters):
            entry = StoredEntry(*row)
            found[entry.stream].append(entry)
        return [[entry for entry in found[stream] if entry.version > after] for stream, after in questions]

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query. It is repeated when the connection is lost.

        Raises:
            LedgerUnavailableError: the database did not answer in time.
            LedgerClosedError: the reader is closed.
        """
        encoded = query.encode()
        patience = Patience(self._patience, LedgerUnavailableError)
        return await patience.ask(lambda: self._pool.rows(encoded, parameters))
