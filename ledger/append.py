"""The append coordinator: one connection, one batch under way, everybody answered after the commit.

A lost connection leaves the outcome of a batch unknown. The batch is then sent again: what was committed is
recognised by its salts and answered with its first positions, what was not is appended now. So a caller gets its
true answer late rather than a wrong one early.
"""

import asyncio
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.gather import Gatherer
from ledger.records import Appended, IdempotencyKey, NewEvent
from ledger.refusals import KeyReusedError, LedgerUnavailableError, VersionConflictError

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]
Outcome: TypeAlias = Appended | Exception

_CALL = "SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_CONNECTION_LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.TransactionTimeout)


class Append(NamedTuple):
    """One request: all of its events are appended, one after the other, or none is."""

    events: Sequence[NewEvent]
    key: IdempotencyKey | None
    uniqueness_only: bool


class AppendCoordinator:
    """Appends what its process wants appended.

    Args:
        url: the database, as the writer role.
        on_append: called with the ledger's new last position after each commit.
        patience: seconds for which a batch is sent again while the database is away.
        most_waiting: requests that may wait.
    """

    def __init__(
        self, url: str, *, on_append: Callable[[int], None], patience: float = 30, most_waiting: int = 4096
    ) -> None:
        self._url, self._on_append, self._patience = url, on_append, patience
        self._connection: Connection | None = None
        self._gatherer = Gatherer[Append, Appended](
            self._commit, most_waiting=most_waiting, weigh=_bytes_of, touches=_touched_by
        )

    async def append(self, request: Append) -> Appended:
        """Append and return where; see `Ledger.append`."""
        return await self._gatherer.ask(request)

    async def close(self) -> None:
        """Answer what waits, then disconnect."""
        await self._gatherer.close()
        if self._connection is not None:
            await self._connection.close()

    async def _commit(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        give_up_at = time.monotonic() + self._patience
        pause = 0.02
        while True:
            try:
                return await self._send(batch)
            except psycopg.errors.DiskFull as error:
                return _unavailable("the database has no room left; nothing was stored", error, len(batch))
            except _CONNECTION_LOST as error:
                # Unknown whether the batch was committed; sending it again finds out (see above).
                await self._disconnect()
                if time.monotonic() > give_up_at:
                    return _unavailable("the database did not answer in time", error, len(batch))
            except psycopg.Error as error:
                return await self._isolate(batch, error)
            await asyncio.sleep(pause)  # back-off before the next try to connect
            pause = min(pause * 2, 0.5)

    async def _isolate(self, batch: Sequence[Append], error: psycopg.Error) -> Sequence[Outcome]:
        """Split a batch that failed as a whole until the guilty request is alone with its error."""
        if len(batch) == 1:
            return [error]
        half = len(batch) // 2
        return [*await self._commit(batch[:half]), *await self._commit(batch[half:])]

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        connection = self._connection or await self._connect()
        # The commit point is inside this call: when it returns, every accepted event is durable.
        cursor = await connection.execute(_CALL, _parameters(batch), prepare=True, binary=True)
        outcomes, last = _verdicts(batch, await cursor.fetchall())
        self._on_append(last)
        return outcomes

    async def _connect(self) -> Connection:
        self._connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            application_name="pencere append",
            options="-c transaction_timeout=5s -c idle_in_transaction_session_timeout=5s -c lock_timeout=4s",
        )
        arrays.register(self._connection)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _unavailable(reason: str, cause: Exception, count: int) -> Sequence[Outcome]:
    error = LedgerUnavailableError(reason)
    error.__cause__ = cause
    return [error] * count


def _parameters(batch: Sequence[Append]) -> Sequence[arrays.BinaryArray]:
    follows: list[int | None] = []
    requests: list[int] = []
    key_lasts: list[int] = []
    keys: list[IdempotencyKey] = []
    events: list[NewEvent] = []
    for number, (own, key, uniqueness_only) in enumerate(batch):
        events += own
        requests += [number] * len(own)
        if len(own) == 1 and not uniqueness_only:
            follows.append(own[0].version - 1)
        else:
            follows += _follows(own, uniqueness_only=uniqueness_only)
        if key is not None:
            keys.append(key)
            key_lasts.append(len(events))
    streams, versions, topics, opens, sealeds, salts = zip(*events, strict=True)
    return (
        arrays.uuids(streams),
        arrays.int8s(versions),
        arrays.int8s(follows),
        arrays.texts(topics),
        arrays.byteas(salts),
        arrays.byteas(opens),
        arrays.byteas(sealeds),
        arrays.int4s(requests),
        arrays.int4s(key_lasts),
        arrays.raw_uuids([key.key for key in keys]),
        arrays.raw_uuids([key.body for key in keys]),
    )


def _follows(events: Sequence[NewEvent], *, uniqueness_only: bool) -> list[int | None]:
    """Tell for each event which version its stream must be at; None where an event of the same request sees to it."""
    if uniqueness_only:
        return [None] * len(events)
    seen: dict[Hashable, int] = {}
    follows: list[int | None] = []
    for event in events:
        follows.append(None if seen.get(event.stream) == event.version - 1 else event.version - 1)
        seen[event.stream] = event.version
    return follows


def _verdicts(batch: Sequence[Append], rows: Sequence[TupleRow]) -> tuple[list[Outcome], int]:
    refused = {row[0]: row for row in rows}
    _, _, position, recorded_at, _, _ = refused.pop(-1)
    outcomes: list[Outcome] = []
    for number, (events, _, _) in enumerate(batch):
        row = refused.get(number)
        last = events[-1]
        if row is None:
            position += len(events)
            outcomes.append(Appended(position, recorded_at, last.stream, last.version, repeated=False))
        elif row[1] == "repeated":
            outcomes.append(Appended(row[2], row[3], row[4], row[5], repeated=True))
        elif row[1] == "key-reused":
            outcomes.append(KeyReusedError("the idempotency key was used before, with another body"))
        else:
            outcomes.append(VersionConflictError(events[0].stream, events[0].version - 1))
    return outcomes, position


def _bytes_of(request: Append) -> int:
    return sum(len(event.open) + len(event.sealed) + 128 for event in request.events)


def _touched_by(request: Append) -> Iterable[Hashable]:
    if len(request.events) == 1:
        stream = request.events[0].stream
        return (stream,) if request.key is None else (stream, request.key.key)
    streams = {event.stream for event in request.events}
    return streams if request.key is None else (*streams, request.key.key)
