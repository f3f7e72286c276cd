"""A fresh vault database with its key file, for each test that needs one."""

from pathlib import Path

import pytest

from ledger.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def vault_url(postgres: EmbeddedPostgres, vault_database: str) -> str:
    return postgres.vault_url("pencere_vault", vault_database)


@pytest.fixture
def owner_url(postgres: EmbeddedPostgres, vault_database: str) -> str:
    return postgres.vault_url("pencere_owner", vault_database)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "key-encryption.json"
