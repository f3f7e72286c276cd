"""The append coordinator: one connection, one batch under way, everybody answered after the commit.

A lost connection leaves the outcome of a batch unknown. The batch is then sent again: what was committed is
recognised by its salts and answered with its first positions, what was not is appended now. So a caller gets its
true answer late rather than a wrong one early.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import LiteralString, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.batch import Append, Outcome, bytes_of, parameters, refusal, touched_by, verdicts
from ledger.gather import Gatherer
from ledger.lost_connection import ANSWER_WITHIN, CONNECTION_LOST, cut_when_overdue
from ledger.records import Appended
from ledger.refusals import LedgerUnavailableError

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]

_log = logging.getLogger(__name__)
_CALL = "SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
# A transaction that waits for its client, or for anything else, gives the head's lock back after this time.
_LIMITS = "-c transaction_timeout=5s -c idle_in_transaction_session_timeout=5s -c lock_timeout=4s"
_HEAVIEST_WAITING = 256 << 20
# An answer is promised to be durable whatever the server's default; settings that wait for standbys are let be.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class AppendCoordinator:
    """Appends what its process wants appended.

    Args:
        url: the database, as the writer role.
        on_append: called with the ledger's new last position after each commit.
        observe: told of each batch how many requests it had, and the seconds from sending it to its commit.
        patience: seconds for which a batch is sent again while the database is away; whoever waits is told then.
        most_waiting: requests that may wait.
    """

    def __init__(
        self,
        url: str,
        *,
        on_append: Callable[[int], None],
        observe: Callable[[int, float], None] = lambda _requests, _seconds: None,
        patience: float = 30,
        most_waiting: int = 4096,
    ) -> None:
        self._url, self._on_append, self._observe, self._patience = url, on_append, observe, patience
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
        outcomes: list[Outcome] = []
        parts = [batch]
        while parts:
            part = parts.pop()
            try:
                outcomes += await self._store(part, give_up_at)
            except LedgerUnavailableError as error:
                if not outcomes:
                    raise
                # What is answered already stays answered; nobody of the rest need wait as long again.
                return [*outcomes, *[error] * (len(batch) - len(outcomes))]
            except Exception as error:  # noqa: BLE001 - the guilty request's, whatever it is; the others must pass
                if len(part) == 1:
                    outcomes.append(refusal(part[0], error))
                else:  # it failed as a whole: split it until the guilty one is alone with its error
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
        return outcomes

    async def _store(self, batch: Sequence[Append], give_up_at: float) -> Sequence[Outcome]:
        """Send the batch until it is answered, or until patience is over; raise what is the fault of a request."""
        pause = 0.02
        while True:
            began = time.monotonic()
            try:
                return await self._send(batch)
            except psycopg.errors.DiskFull as error:
                raise LedgerUnavailableError("the database has no room left") from error
            except psycopg.errors.ProgramLimitExceeded:
                raise
            except CONNECTION_LOST as error:
                # Unknown whether the batch was committed; sending it again finds out (see above).
                await self._disconnect()
                # The last try begins when patience is over: we may have been stopped or suspended in this one.
                if began > give_up_at:
                    raise LedgerUnavailableError("the database did not answer in time") from error
            await asyncio.sleep(pause)  # back-off before the next try to connect
            pause = min(pause * 2, 0.5)

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        connection = self._connection or await self._connect()
        # The commit point is inside this call: when it returns, every accepted event is durable.
        sent = time.perf_counter()
        cursor = await self._ask(connection, _CALL, parameters(batch))
        outcomes, last = verdicts(batch, await cursor.fetchall())
        _tell(self._observe, len(batch), time.perf_counter() - sent)
        _tell(self._on_append, last)
        return outcomes

    async def _ask(
        self, connection: Connection, query: LiteralString, arguments: Sequence[object] = ()
    ) -> psycopg.AsyncCursor[TupleRow]:
        with cut_when_overdue(connection, min(self._patience, ANSWER_WITHIN)):
            return await connection.execute(query, arguments, prepare=True, binary=True)

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


def _tell(watcher: Callable[..., None], *news: object) -> None:
    """Tell a watcher; what goes wrong there must not take the place of an answer: the batch is committed."""
    try:
        watcher(*news)
    except Exception:  # noqa: BLE001 - whatever it is, it is not the answer
        _log.exception("a watcher of the appends has failed")
