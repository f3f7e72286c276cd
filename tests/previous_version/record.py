"""Records a small ledger and its vault with today's code, so that later code can replay them.

    python -m tests.previous_version.record tests/previous_version/0.1.0

Run it once at each release that changes a stored event, and commit the folder. The recorded data are invented; their
key-encryption key opens nothing else.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.erasure import erase_person
from application.cases.requests import ReopeningOrder, Submission
from application.cases.submission import submit
from application.clock import system_clock
from application.importing.xes_import import Source, import_xes
from application.window import Window, window_on
from cli.demo import Demonstrators, load_demo
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from projections.migrate import migrate_views
from projections.runner import Projector
from projections.views import Views

ISSUER = "https://issuer.example"
TABLES = {"events": ("ledger", "ledger.events"), "keys": ("vault", "vault.keys"), "secrets": ("vault", "vault.secrets")}
LOG = """<log><trace><string key="concept:name" value="a"/><date key="enddate" value="2020-01-05T10:00:00+01:00"/>
<date key="deadline" value="2020-01-04T10:00:00+01:00"/><event><string key="concept:name" value="Receive"/>
<string key="org:resource" value="Somebody"/><date key="time:timestamp" value="2020-01-02T10:00:00+01:00"/></event>
</trace></log>"""


@contextmanager
def servers() -> Iterator[EmbeddedPostgres]:
    """Two separate clusters, migrated."""
    with tempfile.TemporaryDirectory(prefix="pencere-record-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder) / "data") as running:
            running.migrate()
            migrate_views(running.ledger_url("pencere_owner"))
            yield running


async def fill(window: Window, folder: Path) -> int:
    """Make some events of every kind; return the last position."""
    people = Demonstrators(ISSUER)
    await load_demo(window, ISSUER)
    own = await window.vault.cases_of(ISSUER, "leyla", None, 10)
    closed = own[-1].case_id
    version = len(await window.ledger.read_stream(closed))
    agency = Caller(ISSUER, "system", Role.AGENCY, "social-protection")
    order = ReopeningOrder(order="Order 7 of the court", reason="The amount is wrong.")
    await change_case(window, agency, closed, version, order, None)
    answers = {"property.number": "5-5-5", "extract.kind": "short"}
    await submit(
        window, people.citizen("nigar"), Submission(service="property-extract", answers=answers), "internet", None
    )
    log = folder / "small.xes"
    log.write_text(LOG)
    importer = Caller("pencere", "import", Role.COORDINATOR)
    source = Source(log, "town", "permit", "Europe/Amsterdam")
    await import_xes(window, importer, source, lambda _name, _read: None)
    await erase_person(window, ISSUER, "rashad")
    return await window.ledger.head()


async def record(postgres: EmbeddedPostgres, target: Path) -> None:
    """Fill the ledger and write it to files, with the rows that this version's views have."""
    keys = target / "key-encryption-keys.json"
    async with (
        Ledger(postgres.ledger_url("pencere_writer")) as ledger,
        Vault(postgres.vault_url("pencere_vault"), FileKeyEncryption(keys)) as vault,
        Projector(postgres.ledger_url("pencere_projector")) as projector,
        Views(postgres.ledger_url("pencere_reader")) as views,
        window_on(ledger, vault, system_clock) as window,
    ):
        head = await fill(window, postgres.data)
        async with projector.running():
            await projector.catch_up(head)
        entries = await ledger.read(0, head)
        cases = sorted({entry.stream for entry in entries if entry.topic == "case.submitted"})
        found = [await views.case_status.status(case) for case in cases]
        statuses = [status.model_dump(mode="json", by_alias=True) for status in found if status is not None]
        performances = await views.service_performance.page(system_clock())
        evaluation = [each.model_dump(mode="json", by_alias=True, exclude={"overdue"}) for each in performances]
    (target / "views.json").write_text(json.dumps({"cases": statuses, "evaluation": evaluation}, indent=1))


def dump(postgres: EmbeddedPostgres, target: Path) -> None:
    """Write the tables that hold all data, as text."""
    for name, (database, table) in TABLES.items():
        url = postgres.ledger_url("pencere_owner") if database == "ledger" else postgres.vault_url("pencere_owner")
        with psycopg.connect(url) as connection, (target / f"{name}.copy").open("wb") as file:
            order = {"events": "position", "keys": "key_ref", "secrets": "name"}[name]
            statement = f"COPY (SELECT * FROM {table} ORDER BY {order}) TO STDOUT"
            with connection.cursor().copy(statement.encode()) as rows:
                for row in rows:
                    file.write(row)


if __name__ == "__main__":
    goal = Path(sys.argv[1])
    shutil.rmtree(goal, ignore_errors=True)
    goal.mkdir(parents=True)
    with servers() as made:
        asyncio.run(record(made, goal))
        dump(made, goal)
    (goal / "key-encryption-keys.json.lock").unlink(missing_ok=True)
