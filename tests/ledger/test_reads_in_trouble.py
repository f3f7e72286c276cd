"""Reads wait for the database, but not without end, and not longer than it is away."""

import asyncio
import time
from contextlib import AsyncExitStack

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.refusals import LedgerClosedError, LedgerUnavailableError
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_event, new_stream
from tests.ledger.stopped_processes import stopped

_READERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pencere read' AND datname = current_database()"


def test_a_read_whose_server_process_does_not_answer_is_asked_of_another(writer_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url, patience=1) as ledger:
            await ledger.append([new_event(new_stream(), 1)])
            with psycopg.connect(writer_url) as beside:
                readers = [pid for (pid,) in beside.execute(_READERS)]
            with stopped(readers):
                entries = await asyncio.wait_for(ledger.read(0, 10), 20)

        assert [entry.position for entry in entries] == [1]

    asyncio.run(scenario())


def test_a_read_that_the_server_ends_for_its_length_is_unavailable(
    postgres: EmbeddedPostgres, writer_url: str, owner_url: str
) -> None:
    database = sql.Identifier(str(conninfo_to_dict(writer_url)["dbname"]))
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        limit = "ALTER ROLE pencere_writer IN DATABASE {} SET transaction_timeout = '100ms'"
        admin.execute(sql.SQL(limit).format(database))

    async def scenario() -> None:
        async with Ledger(writer_url, patience=0.5) as ledger:
            with psycopg.connect(owner_url) as owner:
                owner.execute("LOCK TABLE ledger.events IN ACCESS EXCLUSIVE MODE")
                with pytest.raises(LedgerUnavailableError):
                    await ledger.read(0, 10)

            assert await ledger.read(0, 10) == []

    asyncio.run(scenario())


def test_a_read_that_waits_when_the_ledger_closes_is_told_so(writer_url: str) -> None:
    """Four long reads hold the connections. The fifth waits for one, and would else wait for its whole patience."""

    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            pool = ledger._reader._pool
            held = AsyncExitStack()
            for _ in range(4):
                await held.enter_async_context(pool.session())
            waiting = asyncio.create_task(ledger.read(0, 10))
            for _ in range(5):
                await asyncio.sleep(0)
            assert pool._free.locked()
            assert not waiting.done()
        began = time.monotonic()
        with pytest.raises(LedgerClosedError):
            await waiting
        with pytest.raises(LedgerClosedError):
            await ledger.read(0, 10)
        await held.aclose()

        assert time.monotonic() - began < 5

    asyncio.run(scenario())


@pytest.mark.slow
def test_reading_goes_on_as_soon_as_the_database_is_back(breakable: EmbeddedPostgres) -> None:
    """This holds however long it was away. The pool alone would wait as long again before its next try."""

    async def scenario() -> float:
        async with Ledger(breakable.ledger_url("pencere_writer"), patience=0.5) as ledger:
            await ledger.head()
            await asyncio.to_thread(breakable.ledger.stop)
            for _ in range(10):
                with pytest.raises(LedgerUnavailableError):
                    await ledger.head()
            await asyncio.to_thread(breakable.ensure_running)
            back = time.monotonic()
            while True:
                try:
                    await ledger.head()
                except LedgerUnavailableError:
                    continue
                return time.monotonic() - back

    assert asyncio.run(scenario()) < 3
