"""Reads views, as the role that can do nothing else."""

import asyncio
import time
from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from ledger import arrays
from ledger.refusals import LedgerUnavailableError

# Left alone the pool tries to connect at ever longer intervals, and the wait after a long absence is as long again.
_TRY_ANEW = 5.0


class ViewReader:
    """A small pool of connections; a lost one is replaced and the read repeated.

    Args:
        url: the database as the role `pencere_reader`.
        connections: how many statements may be under way at a time.
        patience: seconds for which a read is repeated while the database is away; LedgerUnavailableError then.
    """

    def __init__(self, url: str, *, connections: int = 4, patience: float = 30) -> None:
        self._patience = patience
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=connections,
            open=False,
            reconnect_timeout=_TRY_ANEW,
            configure=_configure,
            kwargs={"autocommit": True, "application_name": "pencere views", "connect_timeout": 5},
        )

    async def open(self) -> None:
        """Connect."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query.

        Raises:
            LedgerUnavailableError: the database did not answer in time.
        """
        give_up_at, pause = time.monotonic() + self._patience, 0.02
        while True:
            try:
                wait = min(max(give_up_at - time.monotonic(), 0.1), _TRY_ANEW)
                async with self._pool.connection(timeout=wait) as connection:
                    cursor = await connection.execute(query.encode(), parameters, prepare=True, binary=True)
                    return await cursor.fetchall()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if time.monotonic() + pause > give_up_at:
                    raise LedgerUnavailableError("the database did not answer in time") from error
            await asyncio.sleep(pause)  # back-off while the server restarts
            pause = min(pause * 2, 0.5)


async def _configure(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    arrays.register(connection)
    # What is asked comes in as arrays whose length no plan can know: always by the indexes.
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute("SET enable_hashjoin = off")
    await connection.execute("SET enable_mergejoin = off")
    await connection.execute("SET enable_seqscan = off")
    await connection.execute("SET jit = off")
