"""The table of faults: after each fault under load work goes on by itself, and the audit finds every promise kept."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import psycopg
import pytest
import uvloop

from ledger.embedded.cluster import Cluster
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.load import Load
from tests.ledger.stopped_processes import stopped

Fault = Callable[[EmbeddedPostgres, Load], Awaitable[None]]


async def _appenders(postgres: EmbeddedPostgres) -> list[int]:
    """Return the server's processes that append."""
    async with await psycopg.AsyncConnection.connect(postgres.ledger_url("postgres"), autocommit=True) as admin:
        cursor = await admin.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'pencere append'")
        return [int(pid) for (pid,) in await cursor.fetchall()]


async def the_appending_session_is_terminated(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(8):
        for backend in await _appenders(postgres):
            os.kill(backend, signal.SIGTERM)
        await load.more(30)


async def the_appending_statement_is_cancelled(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(8):
        for backend in await _appenders(postgres):
            os.kill(backend, signal.SIGINT)
        await load.more(30)


async def the_appending_session_stops_for_a_while(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(4):
        for backend in await _appenders(postgres):
            with stopped([backend]):
                async with await psycopg.AsyncConnection.connect(postgres.ledger_url("pencere_reader")) as reader:
                    await reader.execute("SELECT * FROM ledger.head")  # the other processes still answer
        await load.more(30)


async def all_sessions_are_terminated(postgres: EmbeddedPostgres, load: Load) -> None:
    async with await psycopg.AsyncConnection.connect(postgres.ledger_url("postgres"), autocommit=True) as admin:
        for _ in range(4):
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            await load.more(30)


async def the_head_is_locked_for_a_while(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(4):
        async with await psycopg.AsyncConnection.connect(postgres.ledger_url("pencere_owner")) as owner:
            await owner.execute("SELECT * FROM ledger.head FOR UPDATE")
        await load.more(30)


async def the_server_is_restarted(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(2):
        await asyncio.to_thread(postgres.ledger.restart)
        await load.more(30)


async def the_server_is_stopped_as_by_a_power_cut(postgres: EmbeddedPostgres, load: Load) -> None:
    for _ in range(2):
        await asyncio.to_thread(postgres.ledger.kill)
        await asyncio.to_thread(postgres.ensure_running)
        await load.more(30)


async def a_backend_is_killed(postgres: EmbeddedPostgres, load: Load) -> None:
    """The postmaster then ends all sessions and recovers."""
    for backend in await _appenders(postgres):
        os.kill(backend, signal.SIGKILL)
    await load.more(30)


async def the_postmaster_is_killed(postgres: EmbeddedPostgres, load: Load) -> None:
    await asyncio.to_thread(_kill_the_postmaster, postgres.ledger)
    await asyncio.to_thread(postgres.ensure_running)
    await load.more(30)


async def the_postmaster_is_killed_and_a_session_outlives_it(postgres: EmbeddedPostgres, load: Load) -> None:
    cluster = postgres.ledger
    refused = _refused_for_sessions(cluster)
    outliving = (await _appenders(postgres))[0]
    with stopped([outliving]):
        await asyncio.to_thread(_kill_the_postmaster, cluster)
        starting = asyncio.ensure_future(asyncio.to_thread(postgres.ensure_running))

        def wait_until_it_is_refused() -> None:
            while _refused_for_sessions(cluster) == refused and not starting.done():
                pass

        await asyncio.to_thread(wait_until_it_is_refused)
        assert not starting.done()
    await starting
    await load.more(30)


def _refused_for_sessions(cluster: Cluster) -> int:
    """Return how often PostgreSQL would not start, because sessions of a dead server were there."""
    return (cluster.folder / "log").read_text(errors="replace").count("pre-existing shared memory block")


def _kill_the_postmaster(cluster: Cluster) -> None:
    os.kill(int((cluster.pgdata / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while cluster.is_running():
        pass


FAULTS: list[Fault] = [
    the_appending_session_is_terminated,
    the_appending_statement_is_cancelled,
    the_appending_session_stops_for_a_while,
    all_sessions_are_terminated,
    the_head_is_locked_for_a_while,
    the_server_is_restarted,
    the_server_is_stopped_as_by_a_power_cut,
    a_backend_is_killed,
    the_postmaster_is_killed,
    the_postmaster_is_killed_and_a_session_outlives_it,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_acknowledged_append_is_there_once_and_work_goes_on_though(
    breakable: EmbeddedPostgres, fault: Fault
) -> None:
    async def scenario() -> Load:
        async with Ledger(breakable.ledger_url("pencere_writer")) as ledger:
            load = Load(ledger)
            async with load.running():
                await load.more(50)
                await fault(breakable, load)
            await ledger.wait_beyond(len(load.acknowledged) - 1, timeout=20)
            assert len(await ledger.read(0, 10)) == 10, "reading goes on, too"
            return load

    load = uvloop.run(scenario())

    assert load.unavailable == 0
    check_ledger(breakable.ledger_url("pencere_owner"), load.acknowledged)


@pytest.mark.slow
def test_twenty_power_cuts_in_a_row_lose_nothing(breakable: EmbeddedPostgres) -> None:
    async def scenario() -> Load:
        async with Ledger(breakable.ledger_url("pencere_writer")) as ledger:
            load = Load(ledger, callers=32)
            async with load.running():
                for _ in range(10):
                    await the_server_is_stopped_as_by_a_power_cut(breakable, load)
            return load

    load = uvloop.run(scenario())

    check_ledger(breakable.ledger_url("pencere_owner"), load.acknowledged)


def test_an_answer_that_is_given_up_is_unknown_and_not_wrong(breakable: EmbeddedPostgres) -> None:
    """When the server is away for longer than our patience, the caller learns that the outcome is unknown."""

    async def scenario() -> Load:
        async with Ledger(breakable.ledger_url("pencere_writer"), patience=0.3) as ledger:
            load = Load(ledger)
            async with load.running():
                await load.more(30)
                await asyncio.to_thread(breakable.ledger.kill)
            await asyncio.to_thread(breakable.ensure_running)
            await ledger.head()
            return load

    load = uvloop.run(scenario())

    assert load.unavailable == 12, "every caller is told"
    check_ledger(breakable.ledger_url("pencere_owner"), load.acknowledged)
