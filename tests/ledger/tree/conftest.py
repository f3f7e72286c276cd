"""A fresh ledger whose log nobody has kept yet, and a folder for its key."""

from pathlib import Path

import pytest

from ledger.embedded import EmbeddedPostgres
from tests.ledger.tree.kept import Place


@pytest.fixture
def place(postgres: EmbeddedPostgres, ledger_database: str, tmp_path: Path) -> Place:
    return Place(
        writer=postgres.ledger_url("pencere_writer", ledger_database),
        projector=postgres.ledger_url("pencere_projector", ledger_database),
        reader=postgres.ledger_url("pencere_reader", ledger_database),
        owner=postgres.ledger_url("pencere_owner", ledger_database),
        folder=tmp_path / "log-key",
    )
