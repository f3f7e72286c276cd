"""The append coordinator: one connection, one batch under way, everybody answered after the commit.

A lost connection leaves the outcome of a batch unknown. The batch is then sent again: what was committed is
recognised by its salts and answered with its first positions, what was not is appended now. So a caller gets its
true answer late rather than a wrong one early.
"""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import LiteralString, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.batch import Append, Outcome, bytes_of, parameters, refusal, touched_by, verdicts
from ledger.gather import Gatherer
from ledger.records import Appended
from ledger.refusals import LedgerUnavailableError

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]

_CALL = "SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_CONNECTION_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.TransactionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,  # connected to a standby, while another server takes over
)
# A transaction that waits for its client, or for anything else, gives the head's lock back after this time.
_LIMITS = "-c transaction_timeout=5s -c idle_in_transaction_session_timeout=5s -c lock_timeout=4s"
_ANSWER_WITHIN = 10.0  # seconds; the server's own limits have struck by then, so the connection is taken for dead
_HEAVIEST_WAITING = 256 << 20
# An answer is promised to be durable whatever the server's default; settings that wait for standbys are let be.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


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
            weigh=bytes_of,
            touches=touched_by,
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
            return [refusal(batch[0], error)]
        half = len(batch) // 2
        return [*await self._commit(batch[:half]), *await self._commit(batch[half:])]

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        connection = self._connection or await self._connect()
        # The commit point is inside this call: when it returns, every accepted event is durable.
        cursor = await self._ask(connection, _CALL, parameters(batch))
        outcomes, last = verdicts(batch, await cursor.fetchall())
        self._on_append(last)
        return outcomes

    async def _ask(
        self, connection: Connection, query: LiteralString, arguments: Sequence[object] = ()
    ) -> psycopg.AsyncCursor[TupleRow]:
        limit = min(self._patience, _ANSWER_WITHIN)
        overdue = asyncio.get_running_loop().call_later(limit, _cut, connection.fileno())
        try:
            return await connection.execute(query, arguments, prepare=True, binary=True)
        finally:
            overdue.cancel()

    async def _connect(self) -> Connection:
        self._connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            application_name="pencere append",
            options=_LIMITS,
        )
        arrays.register(self._connection)
        await self._ask(self._connection, _DURABLE)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _unavailable(reason: str, cause: Exception, count: int) -> Sequence[Outcome]:
    error = LedgerUnavailableError(reason)
    error.__cause__ = cause
    return [error] * count


def _cut(descriptor: int) -> None:
    """Cut a connection that does not answer: whoever waits on it learns at once that it is lost."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
