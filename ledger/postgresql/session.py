"""Sessions: psycopg's connections with a limit for every wait, also when nothing at the server answers.

The driver does all of its waiting through one method, for statements, commits, cursors and copies; so the limit is
there. A server that is stopped leaves its connections open and its queries unanswered: only our own clock ends such a
wait. Then the session is closed, since nobody can know in which state it is.
"""

import asyncio
import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import psycopg
from psycopg.abc import PQGen, PQGenConn
from psycopg.rows import TupleRow

from ledger.postgresql import arrays
from ledger.postgresql.election import Lock
from ledger.postgresql.kinds import CONNECT_WITHIN, SessionKind
from ledger.postgresql.lost import AnswerOverdueError

Value = TypeVar("Value")

_LOOK_UP: Final = 0.1  # seconds, after which a wait checks whether it was interrupted: the driver's own value
_STILL_THERE: Final = b"SELECT true"
_attempts: ContextVar[list[PQGenConn[Any]]] = ContextVar("_attempts")


class AsyncSession(psycopg.AsyncConnection[TupleRow]):
    """A session for tasks, which may share it: one statement runs at a time."""

    answer_within: float = CONNECT_WITHIN
    opened_at: float = 0.0
    held: frozenset[Lock] = frozenset()

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        attempt = super()._connect_gen(conninfo)
        _attempts.get([]).append(attempt)  # see open_async
        return attempt

    async def wait(self, gen: PQGen[Value], interval: float = _LOOK_UP, timeout: float | None = None) -> Value:  # noqa: ASYNC109 - the driver's own signature
        """Wait as the driver does, but not for longer than `answer_within`."""
        if timeout is not None:  # a listener for notifications has its own time limit, and may hear nothing
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.answer_within)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - the driver has no public name for it
            self.pgconn.finish()
            raise AnswerOverdueError("the server has not answered in time") from None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave as the driver does, and disconnect whatever comes: it does not if it is cancelled once more.

        Nobody waits on the session any more, even where its lock is taken: by a generator of notices that was left.
        """
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            await super().close()

    async def close(self) -> None:
        """Disconnect; tasks that wait on the session learn that it is lost.

        They close its socket: if it were closed while they wait on it, uvloop might abort the process.
        """
        if self.lock.locked() and not self.closed:
            _shut(self.pgconn.socket)
        else:
            await super().close()

    async def rows(self, query: bytes, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query; none when the statement has none."""
        cursor = await self.execute(query, parameters, prepare=True, binary=True)
        return await cursor.fetchall() if cursor.description else []

    async def elect(self, lock: Lock) -> bool:
        """Take the lock if nobody holds it; return whether this session holds it now. The server is always asked."""
        if lock in self.held:
            await self.execute(_STILL_THERE)
            return True
        if await self.rows(lock.taken) == [(True,)]:
            self.held |= {lock}
        return lock in self.held


class Session(psycopg.Connection[TupleRow]):
    """A session for a thread."""

    answer_within: float = CONNECT_WITHIN
    held: frozenset[Lock] = frozenset()

    def wait(self, gen: PQGen[Value], interval: float = _LOOK_UP, timeout: float | None = None) -> Value:
        """Wait as the driver does, but not for longer than `answer_within`."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_within)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - the driver has no public name for it
            self.pgconn.finish()
            raise AnswerOverdueError("the server has not answered in time") from None

    def rows(self, query: bytes, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query; none when the statement has none."""
        cursor = self.execute(query, parameters, prepare=True, binary=True)
        return cursor.fetchall() if cursor.description else []

    def elect(self, lock: Lock) -> bool:
        """Take the lock if nobody holds it; return whether this session holds it now. The server is always asked."""
        if lock in self.held:
            self.execute(_STILL_THERE)
            return True
        if self.rows(lock.taken) == [(True,)]:
            self.held |= {lock}
        return lock in self.held

    def resign(self, lock: Lock) -> None:
        """Give the lock back. A session that just ends keeps it until the server has noticed."""
        self.rows(lock.given_back)
        self.held -= {lock}


async def open_async(url: str, kind: SessionKind) -> AsyncSession:
    """Open a session for tasks; each statement is a transaction, and may have arrays as parameters.

    Raises:
        psycopg.OperationalError: the server cannot be reached, refuses the session, or does not answer in time.
    """
    attempts: list[PQGenConn[Any]] = []
    begun = _attempts.set(attempts)
    try:
        # The driver's own limit begins again for each address, and does not cover the look-up of names.
        async with asyncio.timeout(min(CONNECT_WITHIN, kind.answer_within)):
            session = await AsyncSession.connect(kind.conninfo(url), autocommit=True)
    except TimeoutError:
        raise AnswerOverdueError("the server has not let us in in time") from None
    finally:
        _attempts.reset(begun)
        # An attempt that was given up would keep its socket until the garbage is collected. The server would wait for
        # the rest of it for a minute, and let no database be dropped meanwhile.
        for attempt in attempts:
            attempt.close()
    session.answer_within, session.opened_at = kind.answer_within, time.monotonic()
    arrays.register(session)
    try:
        if kind.first is not None:
            await session.execute(kind.first)
    except BaseException:  # nobody else has the session yet
        await session.close()
        raise
    return session


def open_session(url: str, kind: SessionKind) -> Session:
    """Open a session for a thread; each statement is a transaction, and may have arrays as parameters.

    Raises:
        psycopg.OperationalError: the server cannot be reached, refuses the session, or does not answer in time.
    """
    session = Session.connect(kind.conninfo(url), autocommit=True)
    session.answer_within = kind.answer_within
    arrays.register(session)
    try:
        if kind.first is not None:
            session.execute(kind.first)
    except BaseException:  # nobody else has the session yet
        session.close()
        raise
    return session


def _shut(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
