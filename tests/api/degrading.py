"""A window whose connections a test can cut, hold or slow down, and whose server's processes it can stop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Self

import psycopg

from tests.api.running import Where
from tests.ledger.fault_proxy import FaultProxy
from tests.ledger.stopped_processes import stopped

_BACKENDS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'pencere %' AND pid <> pg_backend_pid()"
)


class Line(NamedTuple):
    """The connection to one of the two databases."""

    proxy: FaultProxy
    loop: asyncio.AbstractEventLoop
    behind: str

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Break every connection, also new ones."""
        self._have(away=True)
        try:
            yield
        finally:
            self._have(away=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold every answer back."""
        self._have(slow=True)
        try:
            yield
        finally:
            self._have(slow=False)

    @contextmanager
    def slowed(self, seconds: float) -> Iterator[None]:
        """Delay every answer by so many seconds."""
        self._have(later=seconds)
        try:
            yield
        finally:
            self._have(later=0.0)

    @contextmanager
    def backends_stopped(self) -> Iterator[None]:
        """Stop the server's processes of all existing sessions; new sessions are served."""
        with psycopg.connect(self.behind, autocommit=True) as beside:
            backends = [pid for (pid,) in beside.execute(_BACKENDS.encode()).fetchall()]
        assert backends
        with stopped(backends):
            yield

    def _have(self, *, away: bool | None = None, slow: bool | None = None, later: float | None = None) -> None:
        async def changed() -> None:
            if away is not None:
                self.proxy.away = away
            if slow is not None:
                self.proxy.be_slow(slow=slow)
            if later is not None:
                self.proxy.later = later

        asyncio.run_coroutine_threadsafe(changed(), self.loop).result(10)


class Lines:
    """The connections to both databases, while the block runs."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="lines")
        self._started = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        """Pass bytes on until the end of the block."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        with TemporaryDirectory(prefix="pcp-") as first, TemporaryDirectory(prefix="pcp-") as second:
            ledger, vault = FaultProxy(self._where.reader, Path(first)), FaultProxy(self._where.vault, Path(second))
            self.ledger, self.vault = (
                Line(ledger, self._loop, self._where.reader),
                Line(vault, self._loop, self._where.vault),
            )
            self.where = self._where.at(ledger=first, vault=second)
            async with ledger.running(), vault.running():
                self._started.set()
                await self._over.wait()
                if last := asyncio.all_tasks() - {asyncio.current_task()}:
                    await asyncio.wait(last, timeout=5)  # the window has ended, and its connections end now
