"""This version reads, replays and opens a ledger that an earlier version has written."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from application.access.callers import Caller, Role
from application.cases.reading import open_entry, read_own
from application.clock import system_clock
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from application.window import window_on
from domain.case.events import CaseClosed, CaseDecided, CaseReopened, CaseSubmitted
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.embedded.scratch import scratch_database
from ledger.published.codec import decode
from ledger.published.recorded import Recorded
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from projections.audit import audit_views
from projections.folds import ALL_VIEWS
from projections.rebuild import rebuild
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.previous_version.record import ISSUER, TABLES

VERSIONS = sorted(path.name for path in Path(__file__).parent.iterdir() if path.name[0].isdigit())
_HEAD = """
UPDATE ledger.head SET (position, recorded_at) = (SELECT max(position), max(recorded_at) FROM ledger.events)
"""
LEYLA = Caller(ISSUER, "leyla", Role.CITIZEN)


class Earlier(NamedTuple):
    """The data of an earlier version: its databases with today's tables, its keys, and the rows of its views."""

    where: Where
    owner: str
    keys: Path
    views: dict[str, Any]


@pytest.fixture(params=VERSIONS)
def earlier(request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Earlier]:
    folder = Path(__file__).parent / request.param
    with fresh_databases(postgres, f"earlier_{request.param.replace('.', '_')}") as where:
        owners = {
            "ledger": postgres.ledger_url("pencere_owner", _database(where.writer)),
            "vault": postgres.vault_url("pencere_owner", _database(where.vault)),
        }
        for name, (database, table) in TABLES.items():
            with psycopg.connect(owners[database]) as owner, owner.cursor() as cursor:
                rows = (folder / f"{name}.copy").read_bytes()
                with cursor.copy(f"COPY {table} ({_columns(cursor, table, rows)}) FROM STDIN".encode()) as copy:
                    copy.write(rows)
                if database == "ledger":
                    cursor.execute(_HEAD)
        keys = tmp_path / "keys.json"
        shutil.copy(folder / "key-encryption-keys.json", keys)
        keys.chmod(0o600)
        yield Earlier(where, owners["ledger"], keys, json.loads((folder / "views.json").read_text()))


def _columns(cursor: psycopg.Cursor[Any], table: str, rows: bytes) -> str:
    """Return the columns that the table had then: those that came later stand behind them."""
    was = rows.partition(b"\n")[0].count(b"\t") + 1
    columns = (
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum BETWEEN 1 AND %s ORDER BY attnum"
    )
    return ", ".join(name for (name,) in cursor.execute(columns, [table, was]).fetchall())


def _database(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


def test_every_event_of_an_earlier_version_loads_as_todays_type(earlier: Earlier) -> None:
    async def load() -> list[Recorded]:
        async with Ledger(earlier.where.writer) as ledger:
            return [decode(entry) for entry in await ledger.read(0, 10_000)]

    decoded = asyncio.run(load())

    assert {type(one.event) for one in decoded} >= {CaseSubmitted, CaseDecided, CaseClosed, CaseReopened}


def test_an_auditor_finds_nothing_in_what_an_earlier_version_has_written(earlier: Earlier) -> None:
    checked = check_ledger(earlier.where.reader, Against(), here, lambda _done, _total: None)

    assert checked.tree.events > 0
    assert [(finding.check, finding.says) for finding in checked.findings] == [
        ("checkpoint", "nothing is signed, or nobody says by which key")
    ], "and nobody has signed it yet"


def test_todays_views_of_an_earlier_ledger_say_what_its_own_said(earlier: Earlier) -> None:
    rebuild(earlier.owner, ALL_VIEWS, lambda _done, _total: None)

    async def read() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        async with Views(earlier.where.reader) as views:
            cases = [await views.case_status.by_reference(case["reference"]) for case in earlier.views["cases"]]
            page = await views.service_performance.page(system_clock())
        statuses = [case.model_dump(mode="json", by_alias=True) for case in cases if case is not None]
        return statuses, [each.model_dump(mode="json", by_alias=True) for each in page]

    cases, evaluation = asyncio.run(read())

    assert [_common(now, then) for now, then in zip(cases, earlier.views["cases"], strict=True)] == earlier.views[
        "cases"
    ]
    then = earlier.views["evaluation"]
    assert [_common(now, before) for now, before in zip(evaluation, then, strict=True)] == then


def _common(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Return what both have in common; today's rows may have more."""
    return {name: now[name] for name in then}


def test_todays_views_of_an_earlier_ledger_are_equal_to_their_replay(
    earlier: Earlier, postgres: EmbeddedPostgres
) -> None:
    rebuild(earlier.owner, ALL_VIEWS, lambda _done, _total: None)

    with scratch_database(postgres.data) as scratch:
        audited = audit_views(earlier.where.reader, scratch, ALL_VIEWS, lambda _done, _total: None)

    assert not any(one.differences for one in audited)


def test_what_an_earlier_version_has_sealed_opens_and_what_it_erased_stays_so(earlier: Earlier) -> None:
    async def read() -> tuple[dict[str, object], list[str]]:
        async with (
            Ledger(earlier.where.writer) as ledger,
            Vault(earlier.where.vault, FileKeyEncryption(earlier.keys)) as vault,
            window_on(ledger, vault, system_clock) as window,
        ):
            opened: dict[str, object] = {}
            for case in await vault.cases_of(ISSUER, LEYLA.subject, None, 10):
                reading = await read_own(window, LEYLA, case.case_id)
                for entry in await ledger.read_stream(case.case_id):
                    opened |= open_entry(reading, entry.sealed, entry.stream, entry.version).fields
            erased = [entry.topic for entry in await ledger.read(0, 10_000) if entry.topic == "case.subject_erased"]
            assert await vault.cases_of(ISSUER, "rashad", None, 10) == []
            return opened, erased

    opened, erased = asyncio.run(read())

    assert opened["sealed_answers.child.name"] == "Aysel"
    assert opened["reason"] == "The amount is wrong."
    assert erased
