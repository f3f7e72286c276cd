"""A fresh ledger with empty views for each test; for those that only read, a country that is folded once."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded import EmbeddedPostgres
from tests.api.running import Where, fresh_databases
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import Country, append

_numbers = itertools.count(1)


@pytest.fixture
def where(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """The databases of this test alone."""
    with fresh_databases(postgres, f"projections_{next(_numbers)}") as places:
        yield places


@pytest.fixture(scope="session", params=[101, 102], ids="seed-{}".format)
def lived(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country that has lived, with its views in step; nobody writes to it."""
    seed: int = request.param
    with fresh_databases(postgres, f"lived_{seed}") as places:
        position = asyncio.run(append(places.writer, Country(seed).live(1500)))
        asyncio.run(fold(places.projector, position, batch=seed))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


@pytest.fixture(scope="session")
def breakable(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Servers that a test may stop, kill and restart; nobody else uses them."""
    with EmbeddedPostgres(data_folder / "breakable-views") as running:
        running.migrate()
        yield running
