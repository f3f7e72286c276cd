"""The audit of the views finds nothing when all is well, else exactly what was changed, added or removed by hand."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.embedded.scratch import scratch_database
from projections import audit as audit_module
from projections.audit import Audited, Difference, audit_views
from projections.folds import ALL_VIEWS
from projections.rebuild import rebuild
from projections.view import View
from projections.view_replay import USUAL, Sizes
from tests.api.running import Where
from tests.domain.other_zones import other_time_zones
from tests.projections.desk_life import DrawingDesk
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lives import ZONES, Country, append


@pytest.fixture
def country() -> Country:
    """A country that goes on living."""
    return Country(11, registering=0.9)


@pytest.fixture
def last(where: Where, country: Country) -> int:
    """The last position, after a town and the country have lived for a while and are folded: every table has rows."""
    asyncio.run(append(where.writer, [*EvidenceTown(11).live(200), *DrawingDesk(11).live(100)], 20))
    return asyncio.run(lived_on(where, country, 300))


async def lived_on(where: Where, country: Country, moves: int, views: Sequence[View] = ALL_VIEWS) -> int:
    """Let the country go on and these views fold it; return the last position."""
    position = await append(where.writer, country.live(moves), 20)
    await fold(where.projector, position, views)
    return position


@pytest.fixture(scope="module")
def scratch(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A server to replay in."""
    with scratch_database(postgres.data) as url:
        yield url


@pytest.fixture
def audit(where: Where, scratch: str) -> "Audit":
    return Audit(where, scratch)


class Audit:
    """Tampers as a superuser, and audits with a role that may only read."""

    _numbers = iter(range(1000))

    def __init__(self, where: Where, scratch: str) -> None:
        self._where, self._scratch = where, scratch

    def does(self, statement: str, *values: object) -> int:
        """Change the live tables by hand; return how many rows were changed."""
        with psycopg.connect(self._where.projector, autocommit=True) as connection:
            return connection.execute(statement.encode(), values).rowcount

    def asks(self, statement: str) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self._where.reader, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def finds(self, *views: View, sizes: Sizes = USUAL) -> list[Audited]:
        """Audit these views, or all of them."""
        name = f"audit_{next(self._numbers)}"
        with psycopg.connect(self._scratch, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = self._scratch.replace("dbname=postgres", f"dbname={name}")
        return audit_views(self._where.reader, url, views or ALL_VIEWS, lambda _done, _total: None, sizes)

    def finds_in(self, view: str, sizes: Sizes = USUAL) -> list[Difference]:
        """Audit one view; all others must have no difference."""
        audited = {one.view: one.differences for one in self.finds(sizes=sizes)}
        assert [name for name, differences in audited.items() if differences and name != view] == []
        return audited[view]


def test_a_view_that_a_rebuild_swaps_in_during_the_audit_is_not_accused(
    audit: Audit, owner: str, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = [view for view in ALL_VIEWS if view.name in {"case_history", "case_status"}]
    where = "SELECT to_regnamespace('case_history')::oid"
    compare, before, rebuilt = audit_module._compare, audit.asks(where), list[Future[int]]()

    def after_a_swap(*asked: Any) -> Any:
        if not rebuilt:
            rebuilt.append(threads.submit(rebuild, owner, views[:1], lambda _done, _total: None))
            while audit.asks(where) == before:  # it goes on when we read the old tables no more
                assert not rebuilt[0].done()
        return compare(*asked)

    monkeypatch.setattr(audit_module, "_compare", after_a_swap)
    with ThreadPoolExecutor(1) as threads:
        audited = audit.finds(*views)

    assert rebuilt[0].result() == last
    assert [(one.view, one.position, one.differences) for one in audited] == [(view.name, last, []) for view in views]


def test_honest_views_are_equal_to_their_replay(audit: Audit, last: int) -> None:
    audited = audit.finds()

    assert {one.view: one.differences for one in audited} == {view.name: [] for view in ALL_VIEWS}
    assert {one.position for one in audited} == {last}
    assert all(one.rows for one in audited)


@pytest.mark.parametrize("hours", [-12, 14])
def test_honest_views_are_equal_to_their_replay_under_another_time_zone_database(
    audit: Audit, last: int, tmp_path: Path, hours: int
) -> None:
    with other_time_zones(tmp_path, ZONES.values(), hours):
        audited = audit.finds()

    assert last
    assert {one.view: one.differences for one in audited} == {view.name: [] for view in ALL_VIEWS}


def test_each_view_is_compared_as_of_its_own_position(audit: Audit, where: Where, country: Country, last: int) -> None:
    more = asyncio.run(lived_on(where, country, 40, ALL_VIEWS[:3]))

    audited = audit.finds()

    assert [one.position for one in audited] == [more] * 3 + [last] * (len(ALL_VIEWS) - 3)
    assert not any(one.differences for one in audited)


@pytest.mark.parametrize("events", [1, 7, 50])
def test_a_replay_that_keeps_hardly_anything_in_memory_tells_the_same(
    audit: Audit, where: Where, country: Country, last: int, events: int
) -> None:
    more = asyncio.run(lived_on(where, country, 40, ALL_VIEWS[:3]))  # the others stand in the middle of a batch

    audited = audit.finds(sizes=Sizes(events, rows=3))

    assert [one.position for one in audited] == [more] * 3 + [last] * (len(ALL_VIEWS) - 3)
    assert not any(one.differences for one in audited)


@pytest.mark.parametrize("sizes", [USUAL, Sizes(events=7, rows=3)], ids=["usual", "small"])
def test_a_changed_field_is_named_with_both_values_and_the_event_after_which_they_part(
    audit: Audit, last: int, sizes: Sizes
) -> None:
    case, was = audit.asks("SELECT case_id, outcome FROM case_status.cases WHERE outcome IS NOT NULL LIMIT 1")[0]
    forged = "granted" if was != "granted" else "refused"
    assert audit.does("UPDATE case_status.cases SET outcome = %s WHERE case_id = %s", forged, case) == 1

    [found] = audit.finds_in("case_status", sizes)

    decisions = "topic IN ('case.decided', 'case.granted_by_silence')"
    [(decided,)] = audit.asks(f"SELECT max(position) FROM ledger.events WHERE stream = '{case}' AND {decisions}")
    assert isinstance(decided, int)
    assert found == Difference("cases", "changed", {"case_id": case}, "outcome", forged, was, decided)
    assert last >= decided > 0


def test_every_column_of_every_table_is_compared(audit: Audit, last: int) -> None:
    changed = []
    for view in ALL_VIEWS:
        for table in view.tables:
            where = f'"{view.name}"."{table.name}"'
            for column in table.columns[table.key :]:
                other = "coalesce({0}, '') || 'x'" if column.is_text else "-1 - coalesce({0}, 0)"
                [(kind,)] = audit.asks(
                    f"SELECT data_type FROM information_schema.columns WHERE table_schema = '{view.name}'"
                    f" AND table_name = '{table.name}' AND column_name = '{column.name}'"
                )
                if kind == "bytea":
                    other = "{0} || '\\x00'"
                elif kind == "uuid":
                    other = "'00000000-0000-0000-0000-000000000001'::uuid"
                one = f"SELECT ctid FROM {where} LIMIT 1"
                name = f'"{column.name}"'
                if audit.does(f"UPDATE {where} SET {name} = {other.format(name)} WHERE ctid = ({one})") == 1:
                    changed.append((view.name, table.name, column.name))

    found = {(one.view, difference.table, difference.field) for one in audit.finds() for difference in one.differences}

    assert last
    assert found == set(changed)
    assert len(changed) > 40


EVERY_TABLE = [
    pytest.param((view.name, table.name), marks=pytest.mark.slow if number else (), id=f"{view.name}.{table.name}")
    for view in ALL_VIEWS
    for number, table in enumerate(view.tables)
]


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_a_removed_row_is_missing(audit: Audit, last: int, table: tuple[str, str]) -> None:
    where = f'"{table[0]}"."{table[1]}"'
    rows = audit.asks(f"SELECT ctid FROM {where}")
    gone = Random(5).choice(rows)[0]
    assert audit.does(f"DELETE FROM {where} WHERE ctid = %s", gone) == 1

    [found] = audit.finds_in(table[0])

    assert (found.table, found.kind, found.field) == (table[1], "missing", None)
    assert found.position is not None
    assert 0 < found.position <= last


def test_an_added_row_is_said_to_have_no_event(audit: Audit, last: int) -> None:
    [deadlines] = [view for view in ALL_VIEWS if view.name == "deadlines"]
    names = [column.name for table in deadlines.tables for column in table.columns]
    others = ", ".join(name for name in names if name != "case_id")
    made_up = f"INSERT INTO deadlines.cases (case_id, {others}) SELECT gen_random_uuid(), {others}"
    assert audit.does(f"{made_up} FROM deadlines.cases LIMIT 1") == 1

    [found] = audit.finds_in("deadlines")

    assert last
    assert (found.kind, found.field, found.position) == ("added", None, None)


def test_what_a_view_folds_while_it_is_audited_is_no_difference(
    where: Where, country: Country, last: int, scratch: str
) -> None:
    """The replay includes the events that arrive between its beginning and the comparison."""
    told: list[int] = []

    def progress(done: int, _total: int) -> None:
        if not told:
            asyncio.run(lived_on(where, country, 30))
        told.append(done)

    with psycopg.connect(scratch, autocommit=True) as admin:
        admin.execute("CREATE DATABASE audit_moving")
    url = scratch.replace("dbname=postgres", "dbname=audit_moving")

    audited = audit_views(where.reader, url, ALL_VIEWS, progress)

    assert told
    assert min(one.position for one in audited) > last
    assert not any(one.differences for one in audited)


def test_what_a_killed_audit_has_left_is_cleared_away(postgres: EmbeddedPostgres) -> None:
    left = Path(postgres.data) / "scratch-left"
    (left / "server").mkdir(parents=True)
    (left / "in-use").touch()

    with scratch_database(postgres.data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone() in {("off",), ("on",)}

    assert not left.exists()
    assert ADMIN == "postgres"
