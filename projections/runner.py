"""Folds the ledger into the views, batch by batch.

A batch is read and decoded once for all views that stand at the same position; their rows and their positions
commit in one transaction, so a crash leaves both or neither. One process folds a view at a time: a session lock
per view, which a dead process cannot keep; others stand by.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self
from zlib import crc32

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.ending import end
from ledger.log import CHANNEL as LEDGER_CHANNEL
from ledger.reading import Reader
from ledger.records import StoredEntry
from ledger.refusals import LedgerUnavailableError
from ledger.wakeup import Follower, Signaller
from projections.folding import folding, statements_of
from projections.folds import ALL_VIEWS
from projections.positions import Standing, channel_of, lowest_of, standings_query
from projections.recorded import Batch
from projections.view import View

_LOCK_SPACE = 0x76696577  # "view"
_STAND_BY = 1.0
_log = logging.getLogger(__name__)


class ViewMovedError(Exception):
    """Somebody else has moved the view from where this projector has found it."""


# After these the session is given up, and everything begins anew from where the views stand then.
_BEGIN_ANEW = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,  # connected to a standby, while another server takes over
    LedgerUnavailableError,
    ViewMovedError,
)
# No matter of the session, though a kind of OperationalError: a value too long for an index is so for ever.
_BROKEN = psycopg.errors.ProgramLimitExceeded


class Projector:
    """Keeps the views of a database in step with its ledger.

    Args:
        url: the database as the role `pencere_projector`.
        views: which views.
        batch: how many events at most go into one transaction.
    """

    def __init__(self, url: str, views: Sequence[View] = ALL_VIEWS, *, batch: int = 1000) -> None:
        self._url, self._views, self._batch = url, {view.name: view for view in views}, batch
        self._reader = Reader(url)
        self._ledger = Follower(url, LEDGER_CHANNEL, self._reader.last)
        channel = channel_of(self._views)
        self._signaller = Signaller(url, channel)
        self._views_moved = Follower(url, channel, self._lowest)
        self._standings = standings_query(views).encode()
        self._statements = statements_of(views)
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None
        self._held: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._reader.open()
        await self._ledger.open()
        await self._views_moved.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._disconnect()
        await self._signaller.close()
        await self._views_moved.close()
        await self._ledger.close()
        await self._reader.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Follow the ledger as long as the block runs.

        The following has ended when the block is left; what it died of, if it died, is raised then.
        """
        task = asyncio.get_running_loop().create_task(self.run())
        try:
            yield self
        finally:
            await end(task)

    async def run(self) -> None:
        """Follow the ledger until cancelled; a lost database is waited for."""
        task = asyncio.current_task()
        # Asked for, since before Python 3.12 the reader's wait for a connection may lose a cancellation.
        while task is None or not task.cancelling():
            try:
                position = await self._fold_what_is_there()
                await self._ledger.wait_beyond(position, _STAND_BY)
            except _BEGIN_ANEW:
                await self._disconnect()
                await asyncio.sleep(_STAND_BY / 4)  # back-off while the server is away

    async def catch_up(self, position: int) -> None:
        """Return when every view that goes on has reached the position, whoever folds it, or none goes on."""
        while await self._views_moved.wait_beyond(position - 1, _STAND_BY) < position:
            with contextlib.suppress(*_BEGIN_ANEW):
                if all(one.stopped is not None for one in await self._look()):
                    return

    async def _lowest(self) -> int:
        return lowest_of(await self._look())

    async def _look(self) -> list[Standing]:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            return await self._where(connection)

    async def _fold_what_is_there(self) -> int:
        """Fold until the held views have reached what was the ledger's end; return where that is."""
        connection = self._connection or await self._connect()
        await self._take_locks(connection)
        while True:
            standings = [one for one in await self._where(connection) if one.view in self._held and not one.stopped]
            if not standings:
                return await self._reader.last()
            lowest = min(one.position for one in standings)
            entries = await self._reader.after(lowest, self._batch)
            if not entries:
                return lowest
            in_step = [self._views[one.view] for one in standings if one.position == lowest]
            await self._fold(connection, in_step, entries)
            now = await self._where(connection)
            self._signaller.signal(lowest_of(now))
            last = entries[-1].position
            in_step_now = {one.position for one in now if one.view in self._held and not one.stopped} == {last}
            if in_step_now and len(entries) < self._batch:
                # That was the end. What has come since is signalled, and a batch of some of it costs as much as of one.
                return last

    async def _fold(
        self, connection: psycopg.AsyncConnection[TupleRow], views: Sequence[View], entries: Sequence[StoredEntry]
    ) -> None:
        try:
            await self._fold_together(connection, views, Batch(entries))
        except Exception as error:
            if isinstance(error, _BEGIN_ANEW) and not isinstance(error, _BROKEN):
                raise
            if len(views) > 1:  # a broken view stops alone
                for view in views:
                    await self._fold(connection, [view], entries)
            elif len(entries) > 1:  # and right before what breaks it, however the batches are cut
                await self._fold(connection, views, entries[: len(entries) // 2])
            else:
                await self._stop(connection, views[0], error)

    async def _fold_together(
        self, connection: psycopg.AsyncConnection[TupleRow], views: Sequence[View], batch: Batch
    ) -> None:
        async with connection.transaction():
            for view in views:
                await self._move(connection, view, batch)
                answer: Sequence[TupleRow] = ()
                asking = folding(view, batch, self._statements)
                with contextlib.suppress(StopIteration):
                    ask = next(asking)
                    while True:
                        cursor = await connection.execute(ask.statement, ask.parameters, prepare=True, binary=True)
                        answer = await cursor.fetchall() if ask.returns_rows else ()
                        ask = asking.send(answer)
        # The commit point: a crash before it leaves rows and positions as they were, and the batch is folded again.

    async def _move(self, connection: psycopg.AsyncConnection[TupleRow], view: View, batch: Batch) -> None:
        statement = f'UPDATE "{view.name}".tracking SET position = %s WHERE position = %s'  # noqa: S608 - our own names
        if (await connection.execute(statement.encode(), [batch.last, batch.after])).rowcount != 1:
            raise ViewMovedError(view.name)

    async def _stop(self, connection: psycopg.AsyncConnection[TupleRow], view: View, error: Exception) -> None:
        statement = f'UPDATE "{view.name}".tracking SET stopped = %s'  # noqa: S608 - our own names
        await connection.execute(statement.encode(), [type(error).__name__])
        _log.error("the view %s has stopped: %s", view.name, type(error).__name__)

    async def _where(self, connection: psycopg.AsyncConnection[TupleRow]) -> list[Standing]:
        cursor = await connection.execute(self._standings, prepare=True)
        return [Standing(*row) for row in await cursor.fetchall()]

    async def _take_locks(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        for name in self._views:
            if name not in self._held:
                statement = b"SELECT pg_try_advisory_lock(%s, %s)"
                number = crc32(name.encode()) - (1 << 31)
                taken = await (await connection.execute(statement, [_LOCK_SPACE, number])).fetchone()
                if taken and taken[0]:
                    self._held.add(name)

    async def _connect(self) -> psycopg.AsyncConnection[TupleRow]:
        self._held = set()
        self._connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5, application_name="pencere projector"
        )
        arrays.register(self._connection)
        for setting in ("plan_cache_mode = force_generic_plan", "jit = off", "enable_seqscan = off"):
            await self._connection.execute(f"SET {setting}".encode())
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._held = set()
        if connection is not None:
            await connection.close()
