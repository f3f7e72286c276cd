"""Brings a database to today's tables: numbered SQL files, each applied once, by the owner role."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledger.postgresql.election import MIGRATION
from ledger.postgresql.kinds import MIGRATE
from ledger.postgresql.lost import translated
from ledger.postgresql.session import Session, open_session
from ledger.refusals import AwayError

ROLES = ("pencere_owner", "pencere_writer", "pencere_projector", "pencere_reader", "pencere_vault")
LEDGER_ROLES = ("pencere_owner", "pencere_writer", "pencere_projector", "pencere_reader")
VAULT_ROLES = ("pencere_owner", "pencere_vault")
LEDGER_MIGRATIONS = Path(__file__).parent / "migrations" / "ledger"
VAULT_MIGRATIONS = Path(__file__).parent / "migrations" / "vault"

# Somebody with the writer's password cannot hold the head's lock, and so block everybody, for longer than this.
_WRITER_LIMITS = ("idle_in_transaction_session_timeout = '5s'", "transaction_timeout = '20s'")


class MigrationChangedError(Exception):
    """The text of an applied migration has changed; to change a table, add a new file."""


def ensure_database(
    admin_url: str, database: str, passwords: Mapping[str, str], connecting: Iterable[str] = LEDGER_ROLES
) -> None:
    """Create the roles, with the given passwords, and the database, if they are missing.

    Args:
        admin_url: a connection that may create roles and databases.
        database: the name of the database.
        passwords: role name -> password, for every role of `ROLES`.
        connecting: the only roles, besides superusers, that may connect to it; the vault has two.

    Raises:
        AwayError: the database does not answer.
    """
    with translated(AwayError), open_session(admin_url, MIGRATE) as admin:
        admin.execute(MIGRATION.awaited)  # only one process creates roles and databases at a time
        for role in ROLES:
            known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                verb, sql.Identifier(role), sql.Literal(passwords[role])
            )
            admin.execute(statement)
        admin.execute("GRANT pencere_owner TO CURRENT_USER WITH SET TRUE")
        for limit in _WRITER_LIMITS:
            admin.execute(f"ALTER ROLE pencere_writer SET {limit}".encode())
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE template0 ENCODING 'UTF8'")
            admin.execute(create.format(sql.Identifier(database)))
        _let_in(admin_url, database, connecting)


def _let_in(admin_url: str, database: str, connecting: Iterable[str]) -> None:
    allowed = set(connecting)
    with open_session(make_conninfo(admin_url, dbname=database), MIGRATE) as admin, admin.transaction():
        admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        where = sql.Identifier(database)
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(where))
        for role in ROLES:
            verb = sql.SQL(
                "GRANT CONNECT ON DATABASE {} TO {}" if role in allowed else "REVOKE ALL ON DATABASE {} FROM {}"
            )
            admin.execute(verb.format(where, sql.Identifier(role)))
        admin.execute(sql.SQL("GRANT ALL ON DATABASE {} TO pencere_owner").format(where))


def migrate(owner_url: str, folder: Path) -> list[str]:
    """Apply the folder's SQL files that are missing, in the order of their names; return those names.

    Raises:
        MigrationChangedError: the text of an applied file has changed.
    """
    return apply(owner_url, ((path.name, path.read_text()) for path in sorted(folder.glob("*.sql"))))


def apply(owner_url: str, files: Iterable[tuple[str, str]]) -> list[str]:
    """Apply the named SQL texts that are missing, in the order given, each in a transaction with its record."""
    applied = []
    with serialised(owner_url) as owner:
        owner.execute("CREATE SCHEMA IF NOT EXISTS migrations")
        owner.execute(
            "CREATE TABLE IF NOT EXISTS migrations.applied (name text PRIMARY KEY, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        for name, text in files:
            digest = hashlib.sha256(text.encode()).hexdigest()
            known = owner.execute("SELECT sha256 FROM migrations.applied WHERE name = %s", [name]).fetchone()
            if known is None:
                with owner.transaction():
                    owner.execute(text.encode())
                    owner.execute("INSERT INTO migrations.applied VALUES (%s, %s)", [name, digest])
                applied.append(name)
            elif known[0] != digest:
                raise MigrationChangedError(f"{name} was applied with other text than it has now")
    return applied


@contextmanager
def serialised(owner_url: str) -> Iterator[Session]:
    """Give a session to a caller that changes the tables of a database; other such callers wait until the block ends.

    Raises:
        AwayError: the database does not answer.
    """
    with translated(AwayError), open_session(owner_url, MIGRATE) as owner:
        owner.execute(MIGRATION.awaited)
        yield owner


def database_name(url: str) -> str:
    """Return the name of the database that a URL points to."""
    return str(conninfo_to_dict(url).get("dbname") or "pencere")
