"""A line to a database: one session, opened when it is needed, and again after it was lost."""

import asyncio

from ledger.postgresql.kinds import SessionKind
from ledger.postgresql.session import AsyncSession, open_async


class Line:
    """One session at a time, for tasks of one event loop.

    Args:
        url: the database.
        kind: what the session is for.
    """

    def __init__(self, url: str, kind: SessionKind) -> None:
        self._url, self._kind = url, kind
        self._opening = asyncio.Lock()
        self.current: AsyncSession | None = None

    async def session(self) -> AsyncSession:
        """Return the session; open a new one if there is none or the last one is lost."""
        if self.current is not None and not self.current.closed:
            return self.current
        async with self._opening:
            if self.current is None or self.current.closed:
                self.current = await open_async(self._url, self._kind)
        return self.current

    async def drop(self) -> None:
        """Disconnect; the next caller gets a new session."""
        current, self.current = self.current, None
        if current is not None:
            await current.close()
