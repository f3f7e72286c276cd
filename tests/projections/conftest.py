"""A fresh ledger with empty views for each test, and a country that is folded once for tests that only read."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import Where, fresh_databases
from tests.projections.desk_life import DrawingDesk
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import Country, append

_numbers = itertools.count(1)


@pytest.fixture
def where(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """Databases that only this test uses."""
    with fresh_databases(postgres, f"projections_{next(_numbers)}") as places:
        yield places


@pytest.fixture
def owner(postgres: EmbeddedPostgres, where: Where) -> str:
    """The owner's URL for the ledger of this test."""
    name = psycopg.conninfo.conninfo_to_dict(where.writer)["dbname"]
    return postgres.ledger_url("pencere_owner", str(name))


@pytest.fixture
def country() -> Country:
    """A country that goes on living."""
    return Country(21)


@pytest.fixture
def last(where: Where, country: Country) -> int:
    """The last position, after a town and the country have lived for a while and are folded: every table has rows."""

    async def live() -> int:
        await append(where.writer, [*EvidenceTown(21).live(100), *DrawingDesk(21).live(100)], 40)
        position = await append(where.writer, country.live(400), 40)
        await fold(where.projector, position)
        return position

    return asyncio.run(live())


@pytest.fixture(scope="session", params=[101, pytest.param(114, marks=pytest.mark.slow)], ids="seed-{}".format)
def lived(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country with events and up-to-date views; nobody writes to it."""
    seed: int = request.param
    with fresh_databases(postgres, f"lived_{seed}") as places:
        position = asyncio.run(append(places.writer, Country(seed).live(1500)))
        asyncio.run(fold(places.projector, position, batch=seed))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


@pytest.fixture(scope="session", params=[109, pytest.param(123, marks=pytest.mark.slow)], ids="seed-{}".format)
def registering(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country whose register changes often, with up-to-date views; nobody writes to it."""
    seed: int = request.param
    with fresh_databases(postgres, f"registering_{seed}") as places:
        position = asyncio.run(append(places.writer, Country(seed, registering=0.9).live(1500)))
        asyncio.run(fold(places.projector, position, batch=seed))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


@pytest.fixture(scope="session")
def breakable(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Servers that a test may stop, kill and restart; nobody else uses them."""
    with EmbeddedPostgres(data_folder / "breakable-views") as running:
        running.migrate()
        yield running
