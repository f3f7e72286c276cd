"""Folds the ledger into the views, batch by batch.

A batch is read and decoded once for all views at the same position. Their rows and positions commit in one transaction,
so a crash leaves both or neither. One process folds a view at a time: it holds a session lock per view, which a dead
process cannot keep. Other processes stand by.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from types import TracebackType
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql.election import of_view
from ledger.postgresql.kinds import PROJECTOR, PROJECTOR_LOOK
from ledger.postgresql.line import Line
from ledger.postgresql.lost import is_lost, took_too_long, translated
from ledger.postgresql.session import AsyncSession
from ledger.postgresql.task_ending import close_all, end
from ledger.refusals import LedgerUnavailableError
from ledger.store.entries import StoredEntry
from ledger.store.ledger import CHANNEL as LEDGER_CHANNEL
from ledger.store.reading import Reader
from ledger.store.wakeup import Follower, Signaller
from projections.folding import folding, statements_of
from projections.folds import ALL_VIEWS
from projections.positions import Standing, channel_of, lowest_of, standings_query
from projections.recorded import Batch
from projections.view import View

_STAND_BY = 1.0
_APART = 0.025  # seconds between the beginnings of two rounds under load: a later batch takes more at the same cost
_log = logging.getLogger(__name__)


class ViewMovedError(Exception):
    """Somebody else has moved the view since this projector read its position."""


# After these errors the session is closed, and the projector starts again from the views' positions.
_BEGIN_ANEW = (LedgerUnavailableError, ViewMovedError)


class Projector:
    """Keeps the views of a database up to date with its ledger.

    Args:
        url: the database as the role `pencere_projector`.
        views: the views to fold.
        batch: the most events in one transaction.
        answer_within: seconds after which a session whose server does not answer counts as lost.
    """

    def __init__(
        self,
        url: str,
        views: Sequence[View] = ALL_VIEWS,
        *,
        batch: int = 1000,
        answer_within: float = PROJECTOR.answer_within,
    ) -> None:
        self._views, self._batch = {view.name: view for view in views}, batch
        self._at_once = batch
        self._line = Line(url, PROJECTOR.within(answer_within))
        self._looks = Line(url, PROJECTOR_LOOK.within(answer_within))
        self._reader = Reader(url, patience=answer_within)
        self._ledger = Follower(url, LEDGER_CHANNEL, self._reader.last, patience=answer_within)
        channel = channel_of(self._views)
        self._signaller = Signaller(url, channel, patience=answer_within)
        self._views_moved = Follower(url, channel, self._lowest, patience=answer_within)
        self._standings = standings_query(views).encode()
        self._statements = statements_of(views)
        self._tried: set[str] = set()

    async def __aenter__(self) -> Self:
        try:
            await self._reader.open()
            await self._ledger.open()
            await self._views_moved.open()
        except BaseException:  # nobody else closes what is open by now
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        await close_all(
            self._line.drop,
            self._signaller.close,
            self._views_moved.close,
            self._looks.drop,
            self._ledger.close,
            self._reader.close,
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Follow the ledger while the block runs.

        The projector has ended when the block is left. If it died, its error is raised then.
        """
        task = asyncio.get_running_loop().create_task(self.run())
        try:
            yield self
        finally:
            await end(task)

    async def run(self) -> None:
        """Follow the ledger until cancelled; wait for a lost database."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        # Checked here, because before Python 3.12 a wait may lose a cancellation.
        while task is None or not task.cancelling():
            try:
                next_at = loop.time() + _APART
                position = await self._fold_what_is_there()
                await self._ledger.wait_beyond(position, _STAND_BY)
                await asyncio.sleep(next_at - loop.time())  # no pause after one that took long, or a wait
            except _BEGIN_ANEW as error:
                await self._line.drop()
                if took_too_long(error):  # else the same batch would be started and lost again and again
                    self._at_once = max(1, self._at_once // 2)
                await asyncio.sleep(_STAND_BY / 4)  # back-off while the server is away

    async def catch_up(self, position: int) -> None:
        """Wait until every view that has not stopped reaches the position, whoever folds it, or all have stopped."""
        while await self._views_moved.wait_beyond(position - 1, _STAND_BY) < position:
            with contextlib.suppress(*_BEGIN_ANEW):
                if all(one.stopped is not None for one in await self._look()):
                    return

    async def _lowest(self) -> int:
        return lowest_of(await self._look())

    async def _look(self) -> list[Standing]:
        with translated(LedgerUnavailableError):
            return await self._where(await self._looks.session())

    async def _fold_what_is_there(self) -> int:
        """Fold until the held views reach the end that the ledger had at the call; return that position."""
        with translated(LedgerUnavailableError):
            connection = await self._line.session()
            held = await self._take_locks(connection)
            return await self._fold_held(connection, held)

    async def _fold_held(self, connection: AsyncSession, held: Collection[str]) -> int:
        while True:
            standings = [one for one in await self._where(connection) if one.view in held and not one.stopped]
            if not standings:
                return await self._reader.last()
            entries: list[StoredEntry] = []
            size = self._at_once
            places = sorted({one.position for one in standings})
            for place in places:  # a view that is far behind does not delay the others
                if entries := await self._reader.after(place, size):
                    in_step = [self._views[one.view] for one in standings if one.position == place]
                    await self._fold(connection, in_step, entries)
                    self._at_once = min(2 * size, self._batch)
            now = await self._where(connection)
            self._signaller.signal(lowest_of(now))
            if not entries and len(places) == 1:
                return places[0]
            last = entries[-1].position if entries else places[-1]
            in_step_now = {one.position for one in now if one.view in held and not one.stopped} == {last}
            if in_step_now and len(entries) < size:
                # That was the end. A signal announces what has come since, and a later batch can take more of it at the
                # same cost.
                return last

    async def _fold(
        self, connection: psycopg.AsyncConnection[TupleRow], views: Sequence[View], entries: Sequence[StoredEntry]
    ) -> None:
        try:
            await self._fold_together(connection, views, Batch.of(entries))
        except Exception as error:
            if isinstance(error, _BEGIN_ANEW) or is_lost(error):
                raise
            if len(views) > 1:  # only the broken view stops
                for view in views:
                    await self._fold(connection, [view], entries)
            elif len(entries) > 1:  # it stops right before the event that breaks it, however batches are cut
                await self._fold(connection, views, entries[: len(entries) // 2])
            else:
                await self._stop(connection, views[0], entries[0].position - 1, error)

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
        # The commit point: after a crash before it, rows and positions are unchanged, and the batch is folded again.

    async def _move(self, connection: psycopg.AsyncConnection[TupleRow], view: View, batch: Batch) -> None:
        statement = f'UPDATE "{view.name}".tracking SET position = %s WHERE position = %s'  # noqa: S608 - our own names
        if (await connection.execute(statement.encode(), [batch.last, batch.after])).rowcount != 1:
            raise ViewMovedError(view.name)

    async def _stop(
        self, connection: psycopg.AsyncConnection[TupleRow], view: View, position: int, error: Exception
    ) -> None:
        # Not if a rebuild has swapped in a new view meanwhile: that one has not been tried.
        statement = f'UPDATE "{view.name}".tracking SET stopped = %s WHERE position = %s'  # noqa: S608 - our own names
        await connection.execute(statement.encode(), [type(error).__name__, position])
        _log.error("the view %s has stopped: %s", view.name, type(error).__name__)

    async def _where(self, connection: psycopg.AsyncConnection[TupleRow]) -> list[Standing]:
        cursor = await connection.execute(self._standings, prepare=True)
        return [Standing(*row) for row in await cursor.fetchall()]

    async def _take_locks(self, session: AsyncSession) -> list[str]:
        """Return the views that we may fold: those whose lock this session holds or gets now."""
        held = [name for name in self._views if of_view(name) in session.held or await session.elect(of_view(name))]
        for name in [name for name in held if name not in self._tried]:
            await self._try_again(session, name)
        return held

    async def _try_again(self, session: AsyncSession, view: str) -> None:
        """Restart a view that has stopped, once for each start of this program: the cause may be gone by now."""
        statement = f'UPDATE "{view}".tracking SET stopped = NULL WHERE stopped IS NOT NULL'  # noqa: S608 - our own names
        if (await session.execute(statement.encode())).rowcount:
            _log.warning("the view %s had stopped, and is tried again", view)
        self._tried.add(view)
