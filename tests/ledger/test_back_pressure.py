"""When PostgreSQL stalls, callers get a clear refusal, memory does not grow, and every caller gets an answer."""

import asyncio
import time
from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.postgresql.kinds import APPEND
from ledger.refusals import LedgerBusyError, LedgerUnavailableError
from ledger.store.entries import Appended
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_stream
from tests.ledger.stopped_processes import stopped

MOST_WAITING = 50
_CALL = (
    b"SELECT * FROM ledger.append(ARRAY[gen_random_uuid()], '{1}', '{0}', '{a.b}',"
    b" ARRAY[sha256('salt')], '{x}', '{x}', '{0}', '{}', '{}', '{}')"
)


async def _append(ledger: Ledger) -> Appended:
    return await ledger.append([new_event(new_stream(), 1)])


async def _ask(ledger: Ledger, count: int) -> list[asyncio.Task[Appended]]:
    tasks = [asyncio.create_task(_append(ledger)) for _ in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


def test_while_the_head_is_locked_whatever_is_too_much_is_refused_at_once(writer_url: str, owner_url: str) -> None:
    async def scenario() -> int:
        async with Ledger(writer_url, most_waiting=MOST_WAITING) as ledger:
            await _append(ledger)
            async with await psycopg.AsyncConnection.connect(owner_url) as owner:
                await owner.execute("SELECT * FROM ledger.head FOR UPDATE")
                under_way = await _ask(ledger, 1)
                tasks = await _ask(ledger, MOST_WAITING)
                began = time.monotonic()
                for _ in range(5000):
                    with pytest.raises(LedgerBusyError):
                        await _append(ledger)
                assert time.monotonic() - began < 3
                assert not any(task.done() for task in tasks)
            answers = await asyncio.gather(*under_way, *tasks)
            assert sorted(answer.position for answer in answers) == list(range(2, MOST_WAITING + 3))
            return (await _append(ledger)).position

    assert asyncio.run(scenario()) == check_ledger(owner_url) == MOST_WAITING + 3


def test_when_a_stopped_postgresql_goes_on_everything_that_waits_is_answered(writer_url: str, owner_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url, most_waiting=MOST_WAITING) as ledger:
            await _append(ledger)
            assert ledger._coordinator._line.current
            backend = ledger._coordinator._line.current.info.backend_pid
            with stopped([backend]):
                tasks = await _ask(ledger, 300)
                refused = sum(task.done() and isinstance(task.exception(), LedgerBusyError) for task in tasks)
            answers = await asyncio.gather(*tasks, return_exceptions=True)

            assert refused == 300 - MOST_WAITING
            assert sum(isinstance(answer, Appended) for answer in answers) == MOST_WAITING

    asyncio.run(scenario())
    assert check_ledger(owner_url) == MOST_WAITING + 1


def test_a_writer_that_idles_in_a_transaction_cannot_hold_the_others_up_for_ever(
    writer_url: str, owner_url: str
) -> None:
    """This holds even for a session that sets no limits, because the limits belong to the role."""

    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            with closing(psycopg.connect(writer_url)) as stalled:
                stalled.execute(_CALL)

                assert (await _append(ledger)).position == 1

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 1


@pytest.mark.slow
def test_a_writer_that_stops_before_its_commit_cannot_hold_the_others_up_for_ever(
    writer_url: str, owner_url: str
) -> None:
    """Its statement has run and holds the lock; only the end of the message is missing that commits it."""

    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            with closing(psycopg.connect(writer_url, autocommit=True, options=APPEND.options)) as stalled:
                stalled.pgconn.enter_pipeline_mode()
                stalled.pgconn.send_query_params(_CALL, None)
                stalled.pgconn.send_flush_request()
                stalled.pgconn.flush()
                while not _somebody_holds_the_head(owner_url):
                    pass

                assert (await _append(ledger)).position == 1

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 1


def _somebody_holds_the_head(owner_url: str) -> bool:
    with psycopg.connect(owner_url) as owner:
        try:
            owner.execute("SELECT * FROM ledger.head FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            return True
        return False


def test_reads_of_a_database_that_is_away_end_with_a_refusal(writer_url: str) -> None:
    nowhere = make_conninfo(writer_url, dbname="no_such_database")

    async def scenario() -> None:
        with pytest.raises(LedgerUnavailableError):
            async with Ledger(nowhere, patience=0.3):
                pass

    asyncio.run(scenario())
