"""Reads views, as the role that can do nothing else."""

import asyncio
from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from ledger import arrays

_TRIES = 8


class ViewReader:
    """A small pool of connections; a lost one is replaced and the read repeated.

    Args:
        url: the database as the role `pencere_reader`.
        connections: how many statements may be under way at a time.
    """

    def __init__(self, url: str, *, connections: int = 4) -> None:
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=connections,
            open=False,
            configure=_configure,
            kwargs={"autocommit": True, "application_name": "pencere views"},
        )

    async def open(self) -> None:
        """Connect."""
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query."""
        for attempt in range(_TRIES):
            try:
                async with self._pool.connection() as connection:
                    cursor = await connection.execute(query.encode(), parameters, prepare=True, binary=True)
                    return await cursor.fetchall()
            except psycopg.OperationalError:
                if attempt == _TRIES - 1:
                    raise
                await asyncio.sleep(0.05 * 2**attempt)  # back-off while the server restarts
        raise AssertionError("unreachable")


async def _configure(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    arrays.register(connection)
    # What is asked comes in as arrays whose length no plan can know: always by the indexes.
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute("SET enable_hashjoin = off")
    await connection.execute("SET enable_mergejoin = off")
    await connection.execute("SET enable_seqscan = off")
    await connection.execute("SET jit = off")
