"""A fresh ledger whose log has had no keeper yet, and a folder for its key."""

from pathlib import Path

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.ledger.tree.kept import Place, place_in


@pytest.fixture
def place(postgres: EmbeddedPostgres, ledger_database: str, tmp_path: Path) -> Place:
    return place_in(postgres, ledger_database, tmp_path)
