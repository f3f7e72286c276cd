"""A ledger with an auditor for all tests here. A test that tampers with it repairs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, EmbeddedPostgres
from tests.conftest import fresh_database
from tests.ledger.tree.kept import place_in
from tests.verifying.held import Held, hold


@pytest.fixture(scope="session")
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of the ledger's database."""
    yield from fresh_database(postgres.ledger_url, LEDGER_DATABASE)


@pytest.fixture(scope="session")
def held(postgres: EmbeddedPostgres, database: str, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """About 600 events, signed four times, and a few unsigned ones."""
    folder: Path = tmp_path_factory.mktemp("auditor")
    return hold(place_in(postgres, database, folder), postgres.ledger_url(ADMIN, database), folder, seed=7, moves=600)
