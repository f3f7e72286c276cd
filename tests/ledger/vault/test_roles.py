"""Only the vault's role works in the vault, and only what it needs."""

import psycopg
import pytest

from ledger.embedded.postgres import VAULT_DATABASE, EmbeddedPostgres


@pytest.mark.parametrize("role", ["pencere_writer", "pencere_projector", "pencere_reader"])
def test_no_other_role_gets_in(postgres: EmbeddedPostgres, role: str) -> None:
    postgres.migrate()  # a second time, as at every start

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.vault_url(role, VAULT_DATABASE))


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE vault.keys",
        "UPDATE vault.keys SET person_tag = person_tag",
        "UPDATE vault.keys SET case_id = case_id",
        "UPDATE vault.keys SET life_event = life_event",
        "TRUNCATE vault.recipients",
        "UPDATE vault.offers SET tag = tag",
        "DELETE FROM vault.secrets",
        "DELETE FROM vault.retired_keks",
        "CREATE TABLE vault.more (one int)",
        "CREATE SCHEMA more",
        "ALTER TABLE vault.keys DISABLE TRIGGER ALL",
    ],
)
def test_the_vaults_role_does_only_what_it_needs(vault_url: str, statement: str) -> None:
    with (
        psycopg.connect(vault_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())
