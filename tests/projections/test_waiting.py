"""A caller that waits for the views is woken by a signal, or by a poll when signals are lost, but never too early."""

import asyncio
import contextlib

import pytest

from ledger.store.entries import StoredEntry
from ledger.store.reading import Reader
from projections.folds import ALL_VIEWS
from projections.runner import Projector
from projections.views import Views
from tests.api.running import Where
from tests.projections.folding import folding
from tests.projections.lives import Country, append
from tests.projections.strikes import end_sessions

NEVER = 3600.0
BY_SIGNAL = 5.0  # seconds: less than the silence after which a listener polls


def test_who_waits_is_woken_without_a_poll(where: Where) -> None:
    country = Country(1)

    async def scenario() -> None:
        async with Views(where.reader, poll=NEVER) as views, folding(where.projector):
            for _ in range(5):
                position = await append(where.writer, country.live(10))

                assert await views.positions.wait_for(position, timeout=BY_SIGNAL)
                assert await views.positions.wait_beyond(position - 1, timeout=BY_SIGNAL) == position

    asyncio.run(scenario())


def test_who_waits_finds_out_by_a_poll_when_no_signal_comes(where: Where) -> None:
    country = Country(1)

    async def scenario() -> None:
        async with (
            Views(where.reader, poll=0.02) as polling,
            Views(where.reader, poll=NEVER) as deaf,
            folding(where.projector) as projector,
        ):
            assert await deaf.positions.wait_for(await append(where.writer, country.live(10)), timeout=BY_SIGNAL)
            await projector._signaller.close()
            position = await append(where.writer, country.live(10))

            assert await polling.positions.wait_for(position, timeout=BY_SIGNAL)
            assert not await deaf.positions.wait_for(position, timeout=0.1), "there was no signal"

    asyncio.run(scenario())


def test_lost_connections_of_who_signals_and_who_listens_are_survived(where: Where) -> None:
    country, ended = Country(2), 0

    async def scenario() -> None:
        nonlocal ended
        async with Views(where.reader, poll=NEVER) as views, folding(where.projector):
            for _ in range(2):
                position = await append(where.writer, country.live(10))
                assert await views.positions.wait_for(position, timeout=20)
                ended += end_sessions(where.projector, "pencere signal", "pencere follow")
                ended += end_sessions(where.reader, "pencere follow")

    asyncio.run(scenario())
    assert ended > 4


def test_nobody_is_told_that_all_views_are_there_when_some_are(where: Where) -> None:
    """For example while another version of the program folds the views that it knows."""

    async def scenario() -> None:
        async with Views(where.reader, poll=0.02) as all_views, folding(where.projector, ALL_VIEWS[1:]) as most:
            position = await append(where.writer, Country(3).live(10))
            await most.catch_up(position)

            assert not await all_views.positions.wait_for(position, timeout=0.3)
            async with folding(where.projector, ALL_VIEWS[:1]):
                assert await all_views.positions.wait_for(position, timeout=20)

    asyncio.run(scenario())


@pytest.mark.parametrize("ahead", [1, 100])
def test_a_wait_for_what_is_not_there_ends_when_its_time_is_over(where: Where, ahead: int) -> None:
    async def scenario() -> None:
        async with Views(where.reader) as views, folding(where.projector) as projector:
            position = await append(where.writer, Country(4).live(10))
            await projector.catch_up(position)

            assert await views.positions.wait_for(position, timeout=20)
            assert not await views.positions.wait_for(position + ahead, timeout=0.1)
            assert await views.positions.wait_beyond(position, timeout=0.1) == position

    asyncio.run(scenario())


def test_what_was_there_before_the_wait_began_is_known_at_once(where: Where) -> None:
    async def scenario() -> None:
        async with folding(where.projector) as projector:
            position = await append(where.writer, Country(5).live(10))
            await projector.catch_up(position)
        async with Views(where.reader, poll=NEVER) as views:
            assert await views.positions.wait_for(position, timeout=0)
            assert await views.positions.positions() == {view.name: position for view in ALL_VIEWS}

    asyncio.run(scenario())


class Deaf(Reader):
    """A reader that loses a cancellation, as the pool did before Python 3.12 when a connection came at that moment."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reading = asyncio.Event()

    async def after(self, position: int, limit: int) -> list[StoredEntry]:
        self.reading.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return await super().after(position, limit)


def test_a_projector_ends_though_its_cancellation_gets_lost(where: Where) -> None:
    async def scenario() -> None:
        async with Projector(where.projector) as projector:
            deaf, own = Deaf(where.projector), projector._reader
            projector._reader = deaf
            await deaf.open()
            running = asyncio.create_task(projector.run())
            await deaf.reading.wait()
            running.cancel()

            ended, _ = await asyncio.wait([running], timeout=20)

            assert ended
            projector._reader = own
            await deaf.close()

    asyncio.run(scenario())
