"""Where the databases are: external ones when their URLs are set, else the embedded default in the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from application.settings import Settings
from cli.terminal import event_progress, fail, say
from ledger.embedded.postgres import EmbeddedPostgres, role_passwords, role_url
from ledger.postgresql.migrate import (
    LEDGER_MIGRATIONS,
    LEDGER_ROLES,
    VAULT_MIGRATIONS,
    VAULT_ROLES,
    database_name,
    ensure_database,
    migrate,
)
from projections.migrate import migrate_views, outdated_views
from projections.rebuild import RebuildUnderWayError
from projections.rebuild_in_processes import RebuildStoppedError, rebuild_in_processes


class Databases(NamedTuple):
    """The database URL of each role. Every field contains a password: never print one."""

    writer: str
    projector: str
    reader: str
    vault: str
    owner: str
    embedded: EmbeddedPostgres | None


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """Start the databases during the block if they are embedded, and migrate them.

    Only `pencere migrate` migrates external databases: serving them must not need the owner's rights.

    Raises:
        ClusterError: the embedded databases cannot be used; the text says why.
    """
    if settings.database_url and settings.vault_url:
        passwords = role_passwords(settings.data)
        yield Databases(
            writer=role_url(settings.database_url, "pencere_writer", passwords),
            projector=role_url(settings.database_url, "pencere_projector", passwords),
            reader=role_url(settings.database_url, "pencere_reader", passwords),
            vault=role_url(settings.vault_url, "pencere_vault", passwords),
            owner=role_url(settings.database_url, "pencere_owner", passwords),
            embedded=None,
        )
        return
    with EmbeddedPostgres(settings.data) as embedded:
        embedded.migrate()
        _bring_views_up_to_date(embedded.ledger_url("pencere_owner"))
        yield Databases(
            writer=embedded.ledger_url("pencere_writer"),
            projector=embedded.ledger_url("pencere_projector"),
            reader=embedded.ledger_url("pencere_reader"),
            vault=embedded.vault_url("pencere_vault"),
            owner=embedded.ledger_url("pencere_owner"),
            embedded=embedded,
        )


def migrate_databases(settings: Settings) -> list[str]:
    """Migrate the databases; return the names of the migrations that were applied."""
    if not (settings.database_url and settings.vault_url):
        with EmbeddedPostgres(settings.data) as embedded:
            applied = embedded.migrate()
            return applied + _bring_views_up_to_date(embedded.ledger_url("pencere_owner"))
    passwords = role_passwords(settings.data)
    applied = []
    for url, folder, connecting in (
        (settings.database_url, LEDGER_MIGRATIONS, LEDGER_ROLES),
        (settings.vault_url, VAULT_MIGRATIONS, VAULT_ROLES),
    ):
        ensure_database(url, database_name(url), passwords, connecting)
        applied += migrate(role_url(url, "pencere_owner", passwords), folder)
    return applied + _bring_views_up_to_date(role_url(settings.database_url, "pencere_owner", passwords))


def _bring_views_up_to_date(owner_url: str) -> list[str]:
    """Create missing views, and rebuild those that another version of the program has created."""
    made = migrate_views(owner_url)
    outdated = outdated_views(owner_url)
    if outdated:
        names = [view.name for view in outdated]
        say(f"Another version has made the views {', '.join(names)}: rebuilding them ...")
        try:
            with event_progress("rebuilding") as progress:
                rebuild_in_processes(owner_url, outdated, progress)
        except RebuildUnderWayError:
            say("Another process rebuilds them already; they stand still until it is done.")
        except RebuildStoppedError as error:
            fail(f"a process was killed that rebuilt {error}: these views are as they were; begin again")
        made += [f"view/{name} rebuilt" for name in names]
    return made
