"""A follower of the ledger is woken by a signal, and finds new events by itself when the signal is lost."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.ledger import CHANNEL, Ledger
from ledger.store.wakeup import Follower, Signaller
from tests.ledger.samples import new_event, new_stream

NEVER = 3600.0
_OTHERS = "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"


async def _append(ledger: Ledger) -> int:
    return (await ledger.append([new_event(new_stream(), 1)])).position


async def _is_listening(url: str, *, but: int | None = None) -> int:
    """Return the process that listens, once there is one (other than `but`)."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            cursor = await connection.execute(f"{_OTHERS} AND query ILIKE '%%listen%%'".encode(), ["pencere follow"])
            for (pid,) in await cursor.fetchall():
                if pid != but:
                    return int(pid)


def test_a_follower_is_woken_without_a_poll(writer_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as writing, Ledger(writer_url) as reading:
            follower = Follower(writer_url, CHANNEL, reading.head, interval=NEVER)
            await follower.open()
            for expected in range(1, 6):
                waiting = asyncio.create_task(follower.wait_beyond(expected - 1, timeout=20))
                assert await _append(writing) == expected
                assert await waiting == expected
            await follower.close()

    asyncio.run(scenario())


def test_a_follower_polls_when_no_signal_comes(writer_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            follower = Follower(writer_url, "nobody_signals_here", ledger.head, interval=0.02)
            await follower.open()
            position = await _append(ledger)

            assert await follower.wait_beyond(0, timeout=20) == position
            await follower.close()

    asyncio.run(scenario())


def _breaking(
    url: str, breaks: Callable[[psycopg.AsyncConnection[tuple[object, ...]], int], Awaitable[object]]
) -> None:
    async def scenario() -> None:
        async with (
            Ledger(url) as ledger,
            await psycopg.AsyncConnection.connect(url, autocommit=True) as other,
        ):
            follower = Follower(url, CHANNEL, ledger.head, interval=NEVER)
            await ledger._follower.close()  # only the follower without a poll is left
            await follower.open()
            await breaks(other, await _is_listening(url))
            position = await _append(ledger)

            assert await follower.wait_beyond(0, timeout=20) == position
            assert await follower.wait_beyond(await _append(ledger) - 1, timeout=20) == position + 1
            await follower.close()

    asyncio.run(scenario())


def test_a_dropped_listening_connection_is_survived(writer_url: str) -> None:
    async def terminate(other: psycopg.AsyncConnection[tuple[object, ...]], listener: int) -> None:
        await other.execute("SELECT pg_terminate_backend(%s)", [listener])
        await _is_listening(writer_url, but=listener)

    _breaking(writer_url, terminate)


def test_a_notice_that_is_no_number_does_not_end_the_listening(writer_url: str) -> None:
    async def disturb(other: psycopg.AsyncConnection[tuple[object, ...]], listener: int) -> None:
        await other.execute(f"NOTIFY {CHANNEL}, 'not a number'".encode())
        await _is_listening(writer_url, but=listener)

    _breaking(writer_url, disturb)


@pytest.mark.parametrize("role", ["pencere_writer", "pencere_reader", "pencere_projector"])
def test_a_number_that_the_ledger_has_not_reached_is_not_believed(
    postgres: EmbeddedPostgres, ledger_database: str, role: str
) -> None:
    """Every role may signal."""
    writer_url = postgres.ledger_url("pencere_writer", ledger_database)

    async def scenario() -> None:
        async with (
            Ledger(writer_url) as ledger,
            await psycopg.AsyncConnection.connect(
                postgres.ledger_url(role, ledger_database), autocommit=True
            ) as anybody,
        ):
            follower = Follower(writer_url, CHANNEL, ledger.head, interval=NEVER)
            await follower.open()
            await _is_listening(writer_url)
            await anybody.execute(f"NOTIFY {CHANNEL}, '900000'".encode())
            position = await _append(ledger)  # its signal comes after the other one

            assert await follower.wait_beyond(0, timeout=20) == position
            assert await follower.wait_beyond(await _append(ledger) - 1, timeout=20) == position + 1
            assert not await ledger.has_given(position + 2)
            await follower.close()

    asyncio.run(scenario())


def test_a_follower_falls_back_with_its_database(writer_url: str) -> None:
    """A standby that takes over may lack the last commits. Who waits for those waits on."""

    async def scenario() -> None:
        number, told = 7, asyncio.Event()

        async def look() -> int:
            told.set()
            return number

        follower = Follower(writer_url, "nobody_signals_here", look, interval=0.01)
        await follower.open()
        assert await follower.wait_beyond(6, timeout=20) == 7
        number = 5
        while follower.newest != number:
            told.clear()
            await told.wait()
        waiting = asyncio.create_task(follower.wait_beyond(5, timeout=20))
        number = 6

        assert await waiting == 6
        await follower.close()

    asyncio.run(scenario())


def test_a_signaller_that_lost_its_connection_signals_again(writer_url: str) -> None:
    async def scenario() -> None:
        async with (
            Ledger(writer_url) as ledger,
            await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as other,
        ):
            follower = Follower(writer_url, CHANNEL, ledger.head, interval=NEVER)
            await follower.open()
            await follower.wait_beyond(await _append(ledger) - 1, timeout=20)
            for (pid,) in await (await other.execute(_OTHERS, ["pencere signal"])).fetchall():
                await other.execute("SELECT pg_terminate_backend(%s)", [pid])

            position = await _append(ledger)

            assert await follower.wait_beyond(position - 1, timeout=20) == position
            await follower.close()

    asyncio.run(scenario())


def test_signals_are_throttled_and_the_newest_always_comes(writer_url: str) -> None:
    async def scenario() -> list[int]:
        signaller = Signaller(writer_url, "throttled")
        async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as listener:
            await listener.execute("LISTEN throttled")
            for number in range(1, 5001):
                signaller.signal(number)
                if number % 100 == 0:
                    await asyncio.sleep(0)
            heard = []
            async for notice in listener.notifies(timeout=20):
                heard.append(int(notice.payload))
                if heard[-1] == 5000:
                    break
        await signaller.close()
        return heard

    heard = asyncio.run(scenario())

    assert heard == sorted(heard)
    assert len(heard) < 100


@pytest.mark.parametrize("position", [1, 7])
def test_a_wait_ends_when_its_time_is_over(writer_url: str, position: int) -> None:
    async def scenario() -> int:
        async with Ledger(writer_url) as ledger:
            await _append(ledger)
            await ledger.wait_beyond(0, timeout=10)  # it follows now
            return await ledger.wait_beyond(position, timeout=0.05)

    assert asyncio.run(scenario()) == 1


def test_following_ends_though_a_cancellation_gets_lost(writer_url: str) -> None:
    """Before Python 3.12 the pool's wait for a connection loses a cancellation that comes with the connection."""

    async def scenario() -> None:
        looking = asyncio.Event()

        async def look() -> int:
            if follower._tasks:
                looking.set()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()
            return 0

        follower = Follower(writer_url, CHANNEL, look, interval=NEVER)
        await follower.open()
        await looking.wait()
        closing = asyncio.create_task(follower.close())
        ended, _ = await asyncio.wait([closing], timeout=20)

        assert ended

    asyncio.run(scenario())
