"""However many projectors run on one database, one of them folds a view at a time."""

import asyncio

import psycopg

from projections.folds import ALL_VIEWS
from projections.runner import Projector
from tests.api.running import Where
from tests.projections.folding import fold, folding
from tests.projections.lives import Country, append
from tests.projections.rows import differences, empty, rows_of
from tests.projections.strikes import end_sessions, sessions

PROJECTOR = "pencere projector"
HOLDERS = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
STANDING_BY = """
SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()
   AND state = 'idle' AND pid <> ALL (%s)
"""


def holders(where: Where) -> list[int]:
    """Return the session that holds the lock of a view, for each view."""
    with psycopg.connect(where.reader) as reader:
        return [pid for (pid,) in reader.execute(HOLDERS).fetchall()]


async def dead_but_connected(where: Where, position: int) -> Projector:
    """Return a projector that has folded up to a position and then hangs, while its session keeps its locks."""
    hanging = Projector(where.projector)
    await hanging.__aenter__()
    running = asyncio.create_task(hanging.run())
    await hanging.catch_up(position)
    running.cancel()
    await asyncio.wait([running])
    return hanging


def test_a_second_projector_stands_by_and_takes_over_when_the_firsts_session_has_ended(where: Where) -> None:
    country = Country(1)

    async def scenario() -> None:
        first = await dead_but_connected(where, await append(where.writer, country.live(50)))
        owned = holders(where)
        assert len(owned) == len(ALL_VIEWS)
        assert set(owned) == set(sessions(where.projector, PROJECTOR))
        async with folding(where.projector) as second:
            position = await append(where.writer, country.live(50))
            await has_tried(where, but=owned)
            assert holders(where) == owned, "who stands by takes nothing from who is there"

            end_sessions(where.projector, PROJECTOR)

            await second.catch_up(position)
            assert len(holders(where)) == len(ALL_VIEWS)
            assert set(holders(where)).isdisjoint(owned)
        await first.__aexit__(None, None, None)

    asyncio.run(scenario())


async def has_tried(where: Where, *, but: list[int]) -> None:
    """Wait until another projector has tried to get the locks, and has gone on to something else."""
    async with await psycopg.AsyncConnection.connect(where.projector, autocommit=True) as connection:
        found: list[tuple[object, ...]] = []
        while not found:
            cursor = await connection.execute(
                f"{STANDING_BY} AND query ILIKE '%%tracking%%'".encode(), [PROJECTOR, but]
            )
            found = await cursor.fetchall()


def test_nothing_is_folded_twice_or_left_out_while_projectors_come_and_go(where: Where) -> None:
    country = Country(2)

    async def scenario() -> int:
        async with folding(where.projector, batch=7) as one, folding(where.projector, batch=11):
            for _ in range(4):
                async with folding(where.projector, ALL_VIEWS[2:5], batch=5):
                    position = await append(where.writer, country.live(60))
                    end_sessions(where.projector, PROJECTOR)
                    await one.catch_up(position)
            return position

    position = asyncio.run(scenario())

    together = rows_of(where.reader)
    empty(where.projector)
    asyncio.run(fold(where.projector, position))
    assert differences(together, rows_of(where.reader)) == []
