"""The faults: each lasts while its block runs, and strikes the given sessions."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import psycopg

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.ledger.fault_proxy import FaultProxy

_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = ANY (%s) AND datname = %s"


class Struck(NamedTuple):
    """What a fault strikes: sessions with these names in a database, their connection, and the cluster's server."""

    servers: EmbeddedPostgres
    is_vault: bool
    database: str
    names: Sequence[str]
    proxy: FaultProxy

    def backends(self) -> list[int]:
        """Return the server's processes of the sessions."""
        url = (self.servers.vault_url if self.is_vault else self.servers.ledger_url)(ADMIN, "postgres")
        with psycopg.connect(url, autocommit=True) as admin:
            return [pid for (pid,) in admin.execute(_SESSIONS, [list(self.names), self.database])]

    def everything(self) -> list[int]:
        """Return the postmaster and all its children."""
        cluster = self.servers.vault if self.is_vault else self.servers.ledger
        postmaster = (cluster.pgdata / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [int(pid) for pid in (postmaster, *children)]


Fault: TypeAlias = Callable[[Struck], AbstractAsyncContextManager[None]]


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    """Stop the processes (SIGSTOP) while the block runs."""
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@asynccontextmanager
async def backends_stopped(struck: Struck) -> AsyncIterator[None]:
    backends = await asyncio.to_thread(struck.backends)
    assert backends
    with stopped(backends):
        yield


@asynccontextmanager
async def server_stopped(struck: Struck) -> AsyncIterator[None]:
    with stopped(struck.everything()):
        yield


@asynccontextmanager
async def backends_killed(struck: Struck) -> AsyncIterator[None]:
    backends = await asyncio.to_thread(struck.backends)
    assert backends
    for backend in backends:
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGTERM)  # as pg_terminate_backend does
    yield


@asynccontextmanager
async def line_cut(struck: Struck) -> AsyncIterator[None]:
    struck.proxy.away = True
    try:
        yield
    finally:
        struck.proxy.away = False


@asynccontextmanager
async def answers_slow(struck: Struck) -> AsyncIterator[None]:
    struck.proxy.be_slow(slow=True)
    try:
        yield
    finally:
        struck.proxy.be_slow(slow=False)


NOTHING_ANSWERS: Final = (server_stopped, line_cut, answers_slow)
"""Faults that strike new sessions too, so that every caller learns that the database is away."""
ANOTHER_ANSWERS: Final = (backends_stopped, backends_killed)
"""Faults during which a new session is answered."""
