"""A pool of sessions for short queries: as many as run at the same time, up to a number."""

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
    3600.0  # seconds, after which a session is reopened: a server process grows with the queries that it has run
)


class SessionPool:
    """Sessions of one kind, for tasks of one event loop; the next caller replaces a lost one.

    Args:
        url: the database.
        kind: what the sessions are for.
        most: the largest number of sessions.

    Raises:
        LedgerClosedError: by any method, once the pool is closed; also for callers that waited for a session.
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
        """Reserve a session for the block."""
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
        """Disconnect; sessions in use are closed when they are given back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()
        self._free.release()  # waiting callers get the error, one after the other

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
