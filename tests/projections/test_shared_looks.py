"""Many who wait for the views share one query, and nobody learns less, or later, than with a query of their own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from psycopg.rows import TupleRow

from ledger.refusals import LedgerUnavailableError
from projections.folds import ALL_VIEWS
from projections.positions import Positions, ViewStoppedError
from projections.reading import ViewReader
from projections.worklist.fold import VIEW as WORKLIST
from tests.api.running import Where
from tests.projections.folding import fold, folding
from tests.projections.lives import Country, append
from tests.projections.strikes import broken, end_sessions, with_one

MANY = 100
NEVER = 3600.0
LIMIT = 20.0
NAMES = [view.name for view in ALL_VIEWS]


class Watched(ViewReader):
    """Reads as usual and counts the reads; a test can hold an answer back."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked, self.held_back = 0, 0
        self.has_looked_twice, self.on_its_way, self.let_go = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        self.asked += "tracking" in query
        rows = await super().fetch(query, parameters)
        if self.asked == 2:
            self.has_looked_twice.set()
        if self.held_back:
            self.held_back -= 1
            self.on_its_way.set()
            await self.let_go.wait()
        return rows


@asynccontextmanager
async def watched(where: Where) -> AsyncIterator[tuple[Watched, Positions]]:
    reader = Watched(where.reader)
    positions = Positions(where.reader, reader, poll=NEVER)
    await positions.open()
    await reader.has_looked_twice.wait()  # a listener queries once more after it has begun to listen
    try:
        async with asyncio.timeout(LIMIT):
            yield reader, positions
    finally:
        await positions.close()
        await reader.close()


def test_many_who_wait_for_one_position_look_together(where: Where) -> None:
    async def scenario() -> None:
        async with watched(where) as (reader, positions):
            position = await append(where.writer, Country(1).live(10))
            before = reader.asked
            waiting = [asyncio.create_task(positions.wait_for_views(NAMES, position, LIMIT)) for _ in range(MANY)]
            await asyncio.sleep(0)  # they have begun to ask
            async with folding(where.projector):
                assert await asyncio.gather(*waiting) == [True] * MANY

            # All query once before it is there, and once when they are woken; a view or two may still be late then.
            assert reader.asked - before < MANY / 4

    asyncio.run(scenario())


def test_many_who_come_when_all_is_there_look_together_and_each_position_is_its_own(where: Where) -> None:
    async def scenario() -> None:
        await fold(where.projector, position := await append(where.writer, Country(2).live(10)))
        async with watched(where) as (reader, positions):
            before = reader.asked
            asked = [position + number % 2 for number in range(MANY)]

            found = await asyncio.gather(*(positions.wait_for_views(NAMES, each, 0) for each in asked))

            assert found == [each == position for each in asked]
            assert reader.asked - before == 1

    asyncio.run(scenario())


def test_an_answer_on_its_way_counts_for_what_is_in_it_and_not_for_what_has_come_since(where: Where) -> None:
    country = Country(3)

    async def scenario() -> None:
        await fold(where.projector, first := await append(where.writer, country.live(10)))
        async with watched(where) as (reader, positions):
            reader.held_back = 1
            looking = asyncio.create_task(positions.standings())
            await reader.on_its_way.wait()
            await fold(where.projector, second := await append(where.writer, country.live(10)))
            before = reader.asked
            for_old = asyncio.create_task(positions.wait_for_views(NAMES, first, 0))
            for_new = asyncio.create_task(positions.wait_for_views(NAMES, second, 0))
            await asyncio.sleep(0)  # both have asked
            reader.let_go.set()

            assert {one.position for one in await looking} == {first}
            assert await for_old
            assert await for_new, "it was there when they asked"
            assert reader.asked - before == 1

    asyncio.run(scenario())


def test_an_answer_that_does_not_come_holds_nobody_up_who_asks_later(where: Where) -> None:
    async def scenario() -> None:
        await fold(where.projector, position := await append(where.writer, Country(4).live(10)))
        async with watched(where) as (reader, positions):
            reader.held_back = 1
            stuck = asyncio.create_task(positions.wait_for_views(NAMES, position, LIMIT))
            await reader.on_its_way.wait()
            before = reader.asked

            later = await asyncio.gather(*(positions.wait_for_views(NAMES, position, LIMIT) for _ in range(MANY)))

            assert later == [True] * MANY
            assert reader.asked - before == 1
            assert not stuck.done()
            reader.let_go.set()
            assert await stuck

    asyncio.run(scenario())


def test_who_gives_up_takes_the_answer_from_nobody(where: Where) -> None:
    async def scenario() -> None:
        await fold(where.projector, position := await append(where.writer, Country(5).live(10)))
        async with watched(where) as (reader, positions):
            reader.held_back = 1
            first, second = (asyncio.create_task(positions.standings()) for _ in range(2))
            await reader.on_its_way.wait()
            first.cancel()
            reader.let_go.set()

            assert {one.position for one in await second} == {position}
            assert first.cancelled()

    asyncio.run(scenario())


def test_all_who_need_a_stopped_view_are_told_at_once_and_the_others_are_not(where: Where) -> None:
    stopping = with_one(ALL_VIEWS, broken(WORKLIST, 5, ValueError()))

    async def scenario() -> None:
        await fold(where.projector, position := await append(where.writer, Country(6).live(10)), stopping)
        others = [name for name in NAMES if name != WORKLIST.name]
        async with watched(where) as (reader, positions):
            before = reader.asked
            needed = [NAMES if number % 2 else others for number in range(MANY)]

            found = await asyncio.gather(
                *(positions.wait_for_views(each, position, NEVER) for each in needed), return_exceptions=True
            )

            assert [type(each) for each in found] == [bool, ViewStoppedError] * (MANY // 2)
            assert reader.asked - before == 1

    asyncio.run(scenario())


def test_a_look_that_fails_is_nobodys_who_comes_after_it(where: Where) -> None:
    async def scenario() -> None:
        await fold(where.projector, position := await append(where.writer, Country(7).live(10)))
        async with watched(where) as (reader, positions):
            reader._patience = -1
            assert await positions.wait_for_views(NAMES, position, 0)
            end_sessions(where.reader, "pencere views")
            failed = await asyncio.gather(*(positions.standings() for _ in range(3)), return_exceptions=True)

            assert {type(each) for each in failed} == {LedgerUnavailableError}
            assert await positions.wait_for_views(NAMES, position, 0)

    asyncio.run(scenario())


def test_everybody_sees_their_own_write_while_others_come_and_go(where: Where) -> None:
    country = Country(8)

    async def scenario() -> None:
        async with watched(where) as (_, positions), folding(where.projector):
            writing = asyncio.Lock()

            async def write_and_read() -> None:
                for _ in range(4):
                    async with writing:
                        position = await append(where.writer, country.live(1))
                    assert await positions.wait_for_views(NAMES, position, LIMIT)
                    assert min((await positions.positions()).values()) >= position

            await asyncio.gather(*(write_and_read() for _ in range(6)))

    asyncio.run(scenario())
