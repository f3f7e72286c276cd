"""A bad connection between the ledger and PostgreSQL: it loses a request or an answer and breaks, or is slow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_SOCKET = ".s.PGSQL.5432"


class FaultProxy:
    """Stands in front of a PostgreSQL socket and passes everything on, except what it is told to lose.

    While it is `away` it breaks every connection, also new ones. While it is slow no answer comes through. Every answer
    comes `later` by so many seconds.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._behind = f"{conninfo_to_dict(url)['host']}/{_SOCKET}"
        self._before = str(folder / _SOCKET)
        self.url = make_conninfo(url, host=str(folder))
        self.connections = 0
        self.away = False
        self.later = 0.0
        self._lose_request = self._lose_answer = False
        self._fast = asyncio.Event()
        self._fast.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FaultProxy"]:
        """Pass everything on while the block runs."""
        server = await asyncio.start_unix_server(self._serve, self._before)
        try:
            yield self
        finally:
            server.close()

    def be_slow(self, *, slow: bool) -> None:
        """Hold every answer back, or pass on what was held back."""
        if slow:
            self._fast.clear()
        else:
            self._fast.set()

    def lose_next_request(self) -> None:
        """Break the connection instead of passing on what the client sends next."""
        self._lose_request = True

    def lose_next_answer(self) -> None:
        """Break the connection instead of passing on the server's next answer. By then the server has done its work."""
        self._lose_answer = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.away:
            writer.close()
            return
        behind_reader, behind_writer = await asyncio.open_unix_connection(self._behind)
        await asyncio.gather(
            self._pass_on(reader, behind_writer, self._asked, writer),
            self._pass_on(behind_reader, writer, self._answered, behind_writer),
        )

    def _asked(self) -> bool:
        lost, self._lose_request = self._lose_request or self.away, False
        return lost

    def _answered(self) -> bool:
        lost, self._lose_answer = self._lose_answer or self.away, False
        return lost

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        lost: Callable[[], bool],
        other: asyncio.StreamWriter,
    ) -> None:
        try:
            while (piece := await source.read(1 << 16)) and not lost():
                if lost == self._answered:
                    await self._fast.wait()
                    await asyncio.sleep(self.later)  # this makes it slow
                target.write(piece)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()
            other.close()
