"""The database goes away and comes back: projecting, reading and waiting go on by themselves."""

import asyncio
from collections.abc import Iterator

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import LedgerUnavailableError
from ledger.store.entries import StoredEntry
from ledger.store.reading import Reader
from projections.reading import ViewReader
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.projections.folding import fold, folding
from tests.projections.lives import Country, append
from tests.projections.rows import differences, empty, rows_of


@pytest.fixture
def there(breakable: EmbeddedPostgres) -> Iterator[Where]:
    """Databases on servers that may break."""
    with fresh_databases(breakable, "restarted") as places:
        yield places


def test_projecting_reading_and_waiting_survive_a_restart_and_a_power_cut(
    breakable: EmbeddedPostgres, there: Where
) -> None:
    country = Country(1)

    def power_cut() -> None:
        breakable.ledger.kill()
        breakable.ensure_running()

    async def scenario() -> int:
        async with Views(there.reader) as views, folding(there.projector, batch=9) as projector:
            for break_it in (breakable.ledger.restart, power_cut, breakable.ledger.restart):
                position = await append(there.writer, country.live(40))
                await asyncio.to_thread(break_it)
                assert await views.positions.wait_for(position, timeout=20)
                position = await append(there.writer, country.live(40))
                await projector.catch_up(position)
                assert await views.positions.wait_for(position, timeout=20)
                assert await views.catalogue.agencies()
        return position

    position = asyncio.run(scenario())

    survived = rows_of(there.reader)
    empty(there.projector)
    asyncio.run(fold(there.projector, position))
    assert differences(survived, rows_of(there.reader)) == []


class CutOff(Reader):
    """A reader whose server stops right before the second read, and that soon gives up."""

    def __init__(self, url: str, server: EmbeddedPostgres) -> None:
        super().__init__(url, patience=0.1)
        self._server = server
        self.reads = 0
        self.gave_up = asyncio.Event()

    async def after(self, position: int, limit: int) -> list[StoredEntry]:
        self.reads += 1
        if self.reads == 2:
            await asyncio.to_thread(self._server.ledger.stop)
        try:
            return await super().after(position, limit)
        except LedgerUnavailableError:
            self.gave_up.set()
            raise


def test_a_database_that_is_away_for_longer_than_a_reads_patience_is_waited_for(
    breakable: EmbeddedPostgres, there: Where
) -> None:
    async def scenario() -> None:
        position = await append(there.writer, Country(2).live(100))
        cut_off = CutOff(there.projector, breakable)
        await cut_off.open()
        async with folding(there.projector, batch=10) as projector:
            own, projector._reader = projector._reader, cut_off
            await cut_off.gave_up.wait()
            await asyncio.to_thread(breakable.ensure_running)
            await projector.catch_up(position)
            projector._reader = own
        await cut_off.close()
        assert cut_off.reads > 10

    asyncio.run(scenario())


def test_a_read_of_a_view_gives_up_in_time_and_succeeds_when_the_database_is_back(
    breakable: EmbeddedPostgres, there: Where
) -> None:
    async def scenario() -> None:
        reader = ViewReader(there.reader, patience=0.5)
        await reader.open()
        assert await reader.fetch("SELECT 1") == [(1,)]
        await asyncio.to_thread(breakable.ledger.stop)
        async with asyncio.timeout(10):
            with pytest.raises(LedgerUnavailableError):
                await reader.fetch("SELECT 1")
        await asyncio.to_thread(breakable.ensure_running)
        reader._patience = 20

        assert await reader.fetch("SELECT 2") == [(2,)]
        await reader.close()

    asyncio.run(scenario())
