"""A pool of sessions for short questions: as many as are asked at the same time, up to a number."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from ledger.postgresql.kinds import SessionKind
from ledger.postgresql.lost import AnswerOverdueError
from ledger.postgresql.session import AsyncSession, open_async
from ledger.refusals import LedgerClosedError

_OLDEST: Final = (
    3600.0  # seconds, after which a session is opened anew: a server's process grows with what it was asked
)


class SessionPool:
    """Sessions of one kind, for tasks of one event loop; a lost one is replaced by whoever comes next.

    Args:
        url: the database.
        kind: what the sessions are for.
        most: how many there are at most.

    Raises:
        LedgerClosedError: by any method, once it is closed; also to those who waited for a session.
    """

    def __init__(self, url: str, kind: SessionKind, *, most: int) -> None:
        self._url, self._kind = url, kind
        self._idle: list[AsyncSession] = []
        self._free = asyncio.Semaphore(most)
        self._closed = False

    async def rows(self, query: bytes, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query."""
        async with self.session() as session:
            return await session.rows(query, parameters)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Give a session to the block alone."""
        await self._have_room()
        session: AsyncSession | None = None
        try:
            if self._closed:
                raise LedgerClosedError
            session = self._idle.pop() if self._idle else await open_async(self._url, self._kind)
            yield session
        finally:
            if session is not None:
                await self._take_back(session)
            self._free.release()

    async def close(self) -> None:
        """Disconnect; sessions that somebody has are closed when they come back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()
        self._free.release()  # whoever waits is told, one after the other

    async def _have_room(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(self._kind.answer_within):
                await self._free.acquire()
        except TimeoutError:
            raise AnswerOverdueError("no session has come free in time") from None

    async def _take_back(self, session: AsyncSession) -> None:
        is_fit = session.pgconn.transaction_status == TransactionStatus.IDLE
        if is_fit and not self._closed and time.monotonic() - session.opened_at < _OLDEST:
            self._idle.append(session)
        else:
            await session.close()
