"""The faults: each lasts while its block runs, and strikes the given sessions."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final, NamedTuple, TypeAlias

import psycopg

from ledger.embedded.cluster import Cluster
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.ledger import stopped_processes
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

    @property
    def cluster(self) -> Cluster:
        """The cluster whose server is struck."""
        return self.servers.vault if self.is_vault else self.servers.ledger


Fault: TypeAlias = Callable[[Struck], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def backends_stopped(struck: Struck) -> AsyncIterator[None]:
    backends = await asyncio.to_thread(struck.backends)
    assert backends
    with stopped_processes.stopped(backends):
        yield


@asynccontextmanager
async def server_stopped(struck: Struck) -> AsyncIterator[None]:
    with stopped_processes.server_stopped(struck.cluster):
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
