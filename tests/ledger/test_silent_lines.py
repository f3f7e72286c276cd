"""A connection that went silent without being closed: the wake-up notices it and opens another one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from ledger.store.wakeup import Follower, Signaller
from tests.ledger.stopped_processes import stopped

NEVER = 3600.0
_LISTENING = """
SELECT pid FROM pg_stat_activity
 WHERE application_name = 'pencere follow' AND datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%%'
   AND pid <> ALL (%s)
"""
_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"


@contextmanager
def _silent(url: str, name: str) -> Iterator[list[int]]:
    """Stop the server's processes of all sessions with this name during the block."""
    with psycopg.connect(url) as beside:
        sessions = [pid for (pid,) in beside.execute(_SESSIONS, [name])]
    with stopped(sessions):
        yield sessions


def test_a_signaller_on_a_silent_line_signals_on_another(writer_url: str) -> None:
    async def scenario() -> None:
        signaller = Signaller(writer_url, "silence", patience=0.3)
        async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as listener:
            await listener.execute("LISTEN silence")
            signaller.signal(1)
            heard = [int(notice.payload) async for notice in listener.notifies(timeout=20, stop_after=1)]
            with _silent(writer_url, "pencere signal"):
                signaller.signal(2)
                heard += [int(notice.payload) async for notice in listener.notifies(timeout=20, stop_after=1)]
        await signaller.close()

        assert heard == [1, 2]

    asyncio.run(scenario())


def test_a_follower_on_a_silent_line_listens_on_another(writer_url: str) -> None:
    async def scenario() -> None:
        newest = 1

        async def look() -> int:
            return newest

        follower = Follower(writer_url, "silence", look, interval=NEVER, patience=0.3)
        await follower.open()
        async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as other:

            async def listening(but: list[int]) -> None:
                while not await (await other.execute(_LISTENING, [but])).fetchall():
                    pass

            await listening([])
            with _silent(writer_url, "pencere follow") as stopped:
                newest = 2
                assert await follower.wait_beyond(1, timeout=20) == 2, "it looks itself when it listens anew"
                await listening(stopped)
                newest = 3
                await other.execute("SELECT pg_notify('silence', '3')")

                assert await follower.wait_beyond(2, timeout=20) == 3
        await follower.close()

    asyncio.run(scenario())
