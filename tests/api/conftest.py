"""A whole window on a free port: real PostgreSQL, real HTTP, the projectors running; and words for what people do."""

from collections.abc import Iterator

import pytest

from ledger.embedded import EmbeddedPostgres


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Iterator[tuple[str, str]]:
    """The addresses of a fresh ledger and a fresh vault."""
    yield from fresh_databases(postgres, "api")
