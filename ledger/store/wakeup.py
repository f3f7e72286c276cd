"""Wakes followers outside the append's transaction: NOTIFY there would serialise every commit.

A signal may come late or never (the connection was down, the process died between commit and signal); whoever
waits polls as well, so a lost signal costs at most one poll interval.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import psycopg

from ledger.postgresql.kinds import ANSWER_WITHIN, FOLLOW, SIGNAL
from ledger.postgresql.session import open_async
from ledger.postgresql.task_ending import end
from ledger.refusals import LedgerUnavailableError

# ValueError: somebody notified something that is no number. It must not end the listening.
_PASSING = (psycopg.Error, OSError, LedgerUnavailableError, ValueError)


class Signaller:
    """Sends the newest number to a channel, at most once an interval.

    Args:
        url: the database.
        channel: what followers listen to.
        interval: seconds between signals.
        patience: seconds after which a line that does not answer is taken for dead.
    """

    def __init__(self, url: str, channel: str, *, interval: float = 0.01, patience: float = ANSWER_WITHIN) -> None:
        self._url, self._channel, self._interval, self._kind = url, channel, interval, SIGNAL.within(patience)
        self._newest, self._closed = 0, False
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def signal(self, number: int) -> None:
        """Have the number sent soon; an older one that was not sent yet is dropped."""
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
                        await asyncio.sleep(self._interval)  # the throttle
            await asyncio.sleep(0.2)  # the server is away; followers poll meanwhile
            self._due.set()


class Follower:
    """Knows the newest number of a channel and lets tasks wait for a greater one.

    Args:
        url: the database.
        channel: what to listen to.
        look: asks the database itself for the number: the poll.
        interval: seconds between polls.
        patience: seconds of silence after which the line is tried, and then taken for dead if it does not answer.
    """

    def __init__(
        self,
        url: str,
        channel: str,
        look: Callable[[], Awaitable[int]],
        *,
        interval: float = 1,
        patience: float = ANSWER_WITHIN,
    ) -> None:
        self._url, self._channel, self._look = url, channel, look
        self._interval, self._patience = interval, patience
        self._newest = 0
        self._moved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start listening and polling."""
        self._tell(await self._look())
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._poll())]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            await end(task)

    @property
    def newest(self) -> int:
        """The newest number that was told; there may be a newer one."""
        return self._newest

    async def wait_beyond(self, number: int, timeout: float) -> int:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return the newest number as soon as it is greater than the given one, or as it is after `timeout` s."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._newest <= number:
                    await self._moved.wait()
        return self._newest

    def _tell(self, number: int) -> None:
        if number > self._newest:
            self._newest = number
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(*_PASSING):
                async with await open_async(self._url, FOLLOW.within(self._patience)) as session:
                    while True:
                        await session.execute(f"LISTEN {self._channel}".encode())  # again: does nothing
                        self._tell(await self._look())  # what came while we did not listen
                        async for notice in session.notifies(timeout=self._patience):
                            self._tell(int(notice.payload))
            await asyncio.sleep(0.2)  # the connection was dropped: listen again; the poll goes on meanwhile

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            with contextlib.suppress(*_PASSING):
                self._tell(await self._look())
