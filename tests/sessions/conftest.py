"""Servers for every kind of session, which a test may stop."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from projections.replica import migrate_replica
from tests.api.running import fresh_databases
from tests.sessions.users import Places


@pytest.fixture(scope="session")
def breakable(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Servers that a test may stop; nobody else uses them."""
    with EmbeddedPostgres(data_folder / "breakable-sessions") as running:
        running.migrate()
        yield running


@pytest.fixture(scope="session")
def places(breakable: EmbeddedPostgres) -> Iterator[Places]:
    """One set of databases for all rows, as no row depends on another."""
    with fresh_databases(breakable, "sessions") as where:
        owner = breakable.ledger_url("pencere_owner", str(psycopg.conninfo.conninfo_to_dict(where.writer)["dbname"]))
        migrate_replica(owner)
        yield Places(owner, *where)


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pcp-", dir="/tmp") as folder:
        yield Path(folder)
