"""The databases for measurements: one embedded PostgreSQL for all contenders, a new database for each measurement."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cli.databases import Databases
from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, VAULT_DATABASE, EmbeddedPostgres
from projections.migrate import migrate_views

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_numbers = itertools.count(1)


class NotDurableError(Exception):
    """The server answers before its data is on disk, so its figures would mean nothing."""


class Ground:
    """The clusters that all contenders share.

    Args:
        embedded: the running clusters, migrated.
        log: the event log to import; None makes one.
    """

    def __init__(self, embedded: EmbeddedPostgres, log: Path | None = None) -> None:
        self.embedded, self.log = embedded, log

    @contextmanager
    def fresh(self) -> Iterator[Databases]:
        """Create a new ledger with its views, and a vault; they are dropped at the end."""
        places = ((self.embedded.ledger_url, LEDGER_DATABASE), (self.embedded.vault_url, VAULT_DATABASE))
        number = next(_numbers)
        made = [f"{template}_bench_{os.getpid()}_{number}" for _, template in places]
        for (url, template), database in zip(places, made, strict=True):
            create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}")
            _as_admin(url(ADMIN, "postgres"), create.format(sql.Identifier(database), sql.Identifier(template)))
        ledger, vault = made
        where = Databases(
            writer=self.embedded.ledger_url("pencere_writer", ledger),
            projector=self.embedded.ledger_url("pencere_projector", ledger),
            reader=self.embedded.ledger_url("pencere_reader", ledger),
            vault=self.embedded.vault_url("pencere_vault", vault),
            owner=self.embedded.ledger_url("pencere_owner", ledger),
            embedded=None,
        )
        migrate_views(where.owner)
        # A keeper of draws never reveals a link twice: its chains are of one ledger.
        shutil.rmtree(self.embedded.data / "draw-keeper", ignore_errors=True)
        yield where
        for (url, _), database in zip(places, made, strict=True):
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
            _as_admin(url(ADMIN, "postgres"), drop)

    def settle(self) -> None:
        """Make both servers write their dirty pages, so that no contender pays for the one before."""
        for url in (self.embedded.ledger_url, self.embedded.vault_url):
            _as_admin(url(ADMIN, "postgres"), sql.SQL("CHECKPOINT"))

    def durability(self) -> str:
        """Return the durability settings of all contenders.

        Raises:
            NotDurableError: a server would answer before its data is on disk.
        """
        for url in (self.embedded.ledger_url, self.embedded.vault_url):
            with psycopg.connect(url(ADMIN, "postgres")) as admin:
                version = admin.info.server_version // 10000
                for name in DURABLE:
                    shown = admin.execute("SELECT current_setting(%s)", [name]).fetchone()
                    if shown != ("on",):
                        raise NotDurableError(name)
        return f"embedded PostgreSQL {version}, {', '.join(DURABLE)} on"


def without_credentials(url: str) -> str:
    """Return a database's URL without a password, for processes that know the roles' passwords."""
    kept = {name: str(value) for name, value in conninfo_to_dict(url).items() if name not in {"user", "password"}}
    return make_conninfo("", **kept)


def _as_admin(url: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(statement)
