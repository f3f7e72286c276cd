"""What the tests of the ledger share: URLs of a fresh database, and a separate server that they may break."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def writer_url(postgres: EmbeddedPostgres, ledger_database: str) -> str:
    return postgres.ledger_url("pencere_writer", ledger_database)


@pytest.fixture
def owner_url(postgres: EmbeddedPostgres, ledger_database: str) -> str:
    return postgres.ledger_url("pencere_owner", ledger_database)


@pytest.fixture(scope="session")
def breakable(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Servers that a test may stop, kill and restart; nobody else uses them."""
    with EmbeddedPostgres(data_folder / "breakable") as running:
        running.migrate()
        yield running


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about what root may and may not do")
