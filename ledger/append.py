"""The append coordinator: one connection, one batch under way, everybody answered after the commit.

A lost connection leaves the outcome of a batch unknown. The batch is then sent again: what was committed is
recognised by its salts and answered with its first positions, what was not is appended now. So a caller gets its
true answer late rather than a wrong one early.
"""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable, Collection, Hashable, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.gather import Gatherer
from ledger.records import Appended, IdempotencyKey, NewEvent
from ledger.refusals import KeyReusedError, LedgerUnavailableError, UnstorableEventError, VersionConflictError

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]
Outcome: TypeAlias = Appended | Exception

_CALL = "SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_CONNECTION_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.TransactionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,  # connected to a standby, while another server takes over
)
_UNSTORABLE = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded, struct.error, ValueError)
# A transaction that waits for its client, or for anything else, gives the head's lock back after this time.
_LIMITS = "-c transaction_timeout=5s -c idle_in_transaction_session_timeout=5s -c lock_timeout=4s"
_ANSWER_WITHIN = 10.0  # seconds; the server's own limits have struck by then, so the connection is taken for dead
_LARGEST_REQUEST = 64 << 20
_HEAVIEST_WAITING = 256 << 20
# An answer is promised to be durable whatever the server's default; settings that wait for standbys are let be.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


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
            self._commit,
            most_waiting=most_waiting,
            heaviest_waiting=_HEAVIEST_WAITING,
            weigh=_bytes_of,
            touches=_touched_by,
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
            except psycopg.errors.ProgramLimitExceeded as error:
                return await self._isolate(batch, error)
            except _CONNECTION_LOST as error:
                # Unknown whether the batch was committed; sending it again finds out (see above).
                await self._disconnect()
                if time.monotonic() > give_up_at:
                    return _unavailable("the database did not answer in time", error, len(batch))
            except Exception as error:  # noqa: BLE001 - the guilty request's, whatever it is; the others must pass
                return await self._isolate(batch, error)
            await asyncio.sleep(pause)  # back-off before the next try to connect
            pause = min(pause * 2, 0.5)

    async def _isolate(self, batch: Sequence[Append], error: Exception) -> Sequence[Outcome]:
        """Split a batch that failed as a whole until the guilty request is alone with its error."""
        if len(batch) == 1:
            return [_refusal(batch[0], error)]
        half = len(batch) // 2
        return [*await self._commit(batch[:half]), *await self._commit(batch[half:])]

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        connection = self._connection or await self._connect()
        parameters = _parameters(batch)
        limit = min(self._patience, _ANSWER_WITHIN)
        overdue = asyncio.get_running_loop().call_later(limit, _cut, connection.fileno())
        try:
            # The commit point is inside this call: when it returns, every accepted event is durable.
            cursor = await connection.execute(_CALL, parameters, prepare=True, binary=True)
        finally:
            overdue.cancel()
        outcomes, last = _verdicts(batch, await cursor.fetchall())
        self._on_append(last)
        return outcomes

    async def _connect(self) -> Connection:
        self._connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            application_name="pencere append",
            options=_LIMITS,
        )
        arrays.register(self._connection)
        await self._connection.execute(_DURABLE)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _unavailable(reason: str, cause: Exception, count: int) -> Sequence[Outcome]:
    error = LedgerUnavailableError(reason)
    error.__cause__ = cause
    return [error] * count


def _refusal(request: Append, error: Exception) -> Exception:
    """Translate what the database said to one request; what is not the request's fault stays as it is."""
    first = request.events[0]
    refusal: Exception
    if isinstance(error, psycopg.errors.UniqueViolation):  # one version twice within the request
        refusal = VersionConflictError(first.stream, first.version - 1)
    elif isinstance(error, _UNSTORABLE):
        refusal = UnstorableEventError(f"the database cannot hold this event: {type(error).__name__}")
    else:
        return error
    refusal.__cause__ = error
    return refusal


def _cut(descriptor: int) -> None:
    """Cut a connection that does not answer: whoever waits on it learns at once that it is lost."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)


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
        elif row[1] in {"repeated", "stored"}:
            outcomes.append(Appended(row[2], row[3], row[4], row[5], repeated=row[1] == "repeated"))
        elif row[1] == "key-reused":
            outcomes.append(KeyReusedError("the idempotency key was used before, with another body"))
        else:
            outcomes.append(VersionConflictError(events[0].stream, events[0].version - 1))
    return outcomes, position


def _bytes_of(request: Append) -> int:
    size = sum([len(event.open) + len(event.sealed) + 128 for event in request.events])
    if size > _LARGEST_REQUEST:
        raise UnstorableEventError(f"{size} bytes are too many for one append; {_LARGEST_REQUEST} is the most")
    return size


def _touched_by(request: Append) -> Collection[Hashable]:
    if len(request.events) == 1:
        stream = request.events[0].stream
        return (stream,) if request.key is None else (stream, request.key.key)
    streams = {event.stream for event in request.events}
    return streams if request.key is None else (*streams, request.key.key)
