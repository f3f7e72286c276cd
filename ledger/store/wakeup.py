"""Wakes followers outside the append's transaction: NOTIFY there would serialise every commit.

A signal may come late or never: the connection may be down, or the process may die between commit and signal. Followers
poll as well, so a lost signal costs at most one poll interval.

Every role of the database may signal whatever number it likes. So a signal only makes a follower look for itself.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

import psycopg

from ledger.postgresql.kinds import ANSWER_WITHIN, FOLLOW, SIGNAL
from ledger.postgresql.session import open_async
from ledger.postgresql.task_ending import close_all, end
from ledger.refusals import LedgerUnavailableError

_APART = 0.005  # seconds; a look costs about 0.1 ms of two CPUs
# ValueError: somebody sent a text that is no number. That must not stop the listening.
_PASSING = (psycopg.Error, OSError, LedgerUnavailableError, ValueError)


class Signaller:
    """Sends the newest number to a channel, at most once in each interval.

    Args:
        url: the database.
        channel: the channel that followers listen to.
        interval: seconds between signals.
        patience: seconds after which a connection that does not answer counts as dead.
    """

    def __init__(self, url: str, channel: str, *, interval: float = 0.01, patience: float = ANSWER_WITHIN) -> None:
        self._url, self._channel, self._interval, self._kind = url, channel, interval, SIGNAL.within(patience)
        self._newest, self._closed = 0, False
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def signal(self, number: int) -> None:
        """Send the number soon. An older number that was not sent yet is dropped."""
        if number > self._newest and not self._closed:
            self._newest = number
            self._due.set()
            if self._task is None:
                self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop sending."""
        self._closed = True
        await end(self._task)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await open_async(self._url, self._kind) as session:
                    while True:
                        await self._due.wait()
                        self._due.clear()
                        text = str(self._newest)
                        await session.execute("SELECT pg_notify(%s, %s)", [self._channel, text])
                        await asyncio.sleep(self._interval)  # limits the rate
            await asyncio.sleep(0.2)  # the server is away, and followers poll meanwhile
            self._due.set()


class Follower:
    """Knows the newest number of a channel, and lets tasks wait for a greater one.

    Args:
        url: the database.
        channel: the channel to listen to.
        look: asks the database itself for the number, by poll and after each signal of a greater one.
        interval: seconds between polls.
        patience: seconds of silence after which the connection is tested; it counts as dead if it does not answer.
        apart: seconds between two looks because of signals, however many come.
    """

    def __init__(
        self,
        url: str,
        channel: str,
        look: Callable[[], Awaitable[int]],
        *,
        interval: float = 1,
        patience: float = ANSWER_WITHIN,
        apart: float = _APART,
    ) -> None:
        self._url, self._channel, self._look = url, channel, look
        self._interval, self._patience, self._apart = interval, patience, apart
        self._newest = 0
        self._looking = asyncio.Lock()
        self._moved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start listening and polling."""
        await self._see()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._poll())]

    async def close(self) -> None:
        """Stop listening and polling."""
        await close_all(*(partial(end, task) for task in self._tasks))

    @property
    def newest(self) -> int:
        """The number that the database told last; there may be a newer one."""
        return self._newest

    async def wait_beyond(self, number: int, timeout: float) -> int:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return the newest number as soon as it exceeds the given one, or as it is after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._newest <= number:
                    await self._moved.wait()
        return self._newest

    async def _see(self) -> None:
        """Look for the number. It falls when a server takes over that lacks the last commits."""
        async with self._looking:  # one look after the other: else an older answer might come last
            number = await self._look()
            is_greater, self._newest = number > self._newest, number
        if is_greater:  # nobody waits for anything else
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(*_PASSING):
                async with await open_async(self._url, FOLLOW.within(self._patience)) as session:
                    while True:
                        await session.execute(f"LISTEN {self._channel}".encode())  # again: does nothing
                        await self._see()  # for numbers that came while we did not listen
                        # Closed at once when it is left: it holds the session until then.
                        async with contextlib.aclosing(session.notifies(timeout=self._patience)) as notices:
                            async for notice in notices:
                                if int(notice.payload) > self._newest:
                                    await self._see()
                                    await asyncio.sleep(
                                        self._apart
                                    )  # what is signalled meanwhile takes one look together
            await asyncio.sleep(0.2)  # the connection was lost: listen again, and poll meanwhile

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            with contextlib.suppress(*_PASSING):
                await self._see()
