"""Callers that append without pause during a fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.refusals import LedgerUnavailableError
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_events, new_key, new_stream


class Load:
    """So many callers, each with its own stream. It keeps what was acknowledged: salt -> position."""

    def __init__(self, ledger: Ledger, callers: int = 12) -> None:
        self._ledger, self._callers = ledger, callers
        self.acknowledged: dict[bytes, int] = {}
        self.unavailable = 0
        self._more = asyncio.Event()
        self._stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        """Append until the end of the block, and then until every caller has its answer."""
        async with asyncio.TaskGroup() as callers:
            for number in range(self._callers):
                callers.create_task(self._call(1 + number % 3))
            try:
                yield self
            finally:
                self._stopping = True

    async def more(self, count: int = 100) -> None:
        """Wait until so many more events are acknowledged, which shows that work goes on."""
        wanted = len(self.acknowledged) + count
        while len(self.acknowledged) < wanted:
            self._more.clear()
            await self._more.wait()

    async def _call(self, together: int) -> None:
        stream, version = new_stream(), 1
        while not self._stopping:
            events = new_events(stream, version, together)
            try:
                answer = await self._ledger.append(events, key=new_key())
            except LedgerUnavailableError:
                self.unavailable += 1
                return
            assert (answer.stream, answer.version) == (stream, version + together - 1)
            assert not answer.repeated
            for event in events:
                self.acknowledged[event.salt] = answer.position - (answer.version - event.version)
            version += together
            self._more.set()
