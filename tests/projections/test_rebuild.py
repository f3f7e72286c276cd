"""A rebuild makes new views beside the live ones. Nobody waits for it, and an interrupted one leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

import psycopg
import pytest

from ledger.postgresql.election import of_rebuild
from ledger.postgresql.kinds import WHOLE
from ledger.postgresql.session import open_session
from projections.folds import ALL_VIEWS
from projections.migrate import made_by, migrate_views, outdated_views
from projections.pipeline import WriteBehind
from projections.rebuild import MOVED, RebuildUnderWayError, _alone, _clear, rebuild
from projections.view import View
from tests.api.running import Where
from tests.projections.folding import fold, folding
from tests.projections.lives import Country, append
from tests.projections.rows import rows_of, schemas_beside


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


def indexes(url: str) -> list[tuple[object, ...]]:
    """Return the definition of every index and constraint of every view."""
    query = """SELECT schemaname, tablename, indexname, indexdef FROM pg_indexes
                WHERE schemaname = ANY (%s) ORDER BY 1, 2, 3"""
    with psycopg.connect(url) as connection:
        return connection.execute(query, [[view.name for view in ALL_VIEWS]]).fetchall()


def test_rebuilt_views_are_the_live_ones_to_the_last_row_index_and_right(where: Where, owner: str, last: int) -> None:
    before, indexed = rows_of(where.reader), indexes(owner)
    told: list[tuple[int, int]] = []

    assert rebuild(owner, ALL_VIEWS, lambda done, total: told.append((done, total))) == last

    assert rows_of(where.reader) == before
    assert indexes(owner) == indexed
    assert schemas_beside(owner) == set()
    assert told[-1] == (last, last)


def test_a_rebuilt_view_goes_on_from_where_it_is(where: Where, owner: str, country: Country, last: int) -> None:
    rebuild(owner, ALL_VIEWS, silent)

    async def more() -> int:
        position = await append(where.writer, country.live(100), 10)
        await fold(where.projector, position)
        return position

    position = asyncio.run(more())
    folded = rows_of(where.reader)
    rebuild(owner, ALL_VIEWS, silent)

    assert position > last
    assert rows_of(where.reader) == folded


def test_rows_that_no_event_accounts_for_are_gone_after_a_rebuild(where: Where, owner: str, last: int) -> None:
    honest = rows_of(where.reader)
    with psycopg.connect(where.projector) as connection:
        connection.execute("UPDATE case_status.cases SET stage = 'Closed'")
        connection.execute("DELETE FROM deadlines.cases")
    assert rows_of(where.reader) != honest

    rebuild(owner, [view for view in ALL_VIEWS if view.name in {"case_status", "deadlines"}], silent)

    assert last
    assert rows_of(where.reader) == honest


def test_events_that_come_while_a_view_is_rebuilt_are_in_it(
    where: Where, owner: str, country: Country, last: int
) -> None:
    """Writers, the live projector and readers go on. In the end the views are as if nothing had been rebuilt."""
    refused: list[BaseException] = []

    async def live() -> int:
        async with folding(where.projector, batch=7) as projector:
            position = last
            is_over = threading.Event()
            reading = asyncio.create_task(_read(where.reader, is_over, refused))
            building = asyncio.create_task(asyncio.to_thread(_rebuild_often, owner, 3))
            while not building.done():
                position = await append(where.writer, country.live(12), 3)
            await building
            is_over.set()
            await reading
            await projector.catch_up(position)
            return position

    position = asyncio.run(live())
    lived = rows_of(where.reader)
    rebuild(owner, ALL_VIEWS, silent)

    assert refused == []
    assert position > last
    assert rows_of(where.reader) == lived
    assert schemas_beside(owner) == set()


def _rebuild_often(owner: str, times: int) -> None:
    for _ in range(times):
        rebuild(owner, ALL_VIEWS, silent)


async def _read(url: str, is_over: threading.Event, refused: list[BaseException]) -> None:
    """Read all the time in a session with prepared statements; the position must never go back."""
    known = dict.fromkeys([view.name for view in ALL_VIEWS], 0)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while not is_over.is_set():
            for view in ALL_VIEWS:
                rows = f'SELECT count(*) FROM "{view.name}"."{view.tables[0].name}"'
                statement = f'SELECT position, ({rows}) FROM "{view.name}".tracking'
                try:
                    row = await (await connection.execute(statement.encode(), prepare=True)).fetchone()
                except psycopg.Error as error:
                    refused.append(error)
                    return
                assert row is not None
                if row[0] == MOVED:  # the statement has met the swap: whoever sees that asks again
                    continue
                if not known[view.name] <= row[0] or not row[1]:
                    refused.append(AssertionError(f"{view.name}: {row} after {known[view.name]}"))
                    return
                known[view.name] = row[0]


def test_a_rebuild_that_is_killed_leaves_the_live_views_and_the_next_one_clears_up(
    where: Where, owner: str, last: int
) -> None:
    before = rows_of(where.reader)
    left = 0
    for line in range(8):
        with _rebuilding(owner, stop_at=line) as killed:
            assert killed.wait(60) == -signal.SIGKILL
        left += len(schemas_beside(owner))
        assert rows_of(where.reader) == before

    rebuild(owner, ALL_VIEWS, silent)

    assert left > 0, "some were killed in the middle"
    assert rows_of(where.reader) == before
    assert schemas_beside(owner) == set()
    assert last


def _rebuilding(owner: str, stop_at: int) -> subprocess.Popen[bytes]:
    """Start a rebuild in a process that kills itself at one of its statements."""
    code = f"""
import os, signal, psycopg
from projections import rebuild
from projections.folds import ALL_VIEWS
calls = 0
execute = psycopg.Connection.execute
def dying(self, *arguments, **more):
    global calls
    calls += 1
    if calls == 15 + {stop_at} * 23:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *arguments, **more)
psycopg.Connection.execute = dying
while True:
    rebuild.rebuild(os.environ["OWNER"], ALL_VIEWS, lambda done, total: None)
"""
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "OWNER": owner})


def test_two_rebuilds_of_one_view_at_once_are_refused(where: Where, owner: str, last: int) -> None:
    refusals: list[BaseException] = []

    def meanwhile(_done: int, _total: int) -> None:
        with pytest.raises(RebuildUnderWayError) as refused:
            rebuild(owner, ALL_VIEWS[:1], silent)
        refusals.append(refused.value)

    assert rebuild(owner, ALL_VIEWS, meanwhile) == last

    assert refusals
    assert schemas_beside(owner) == set()
    assert where


def test_a_rebuild_that_is_over_refuses_no_other_though_its_session_has_not_ended(owner: str) -> None:
    with open_session(owner, WHOLE) as one, open_session(owner, WHOLE) as another:
        with _alone(one, ALL_VIEWS):
            assert not another.elect(of_rebuild(ALL_VIEWS[0].name))
        with _alone(another, ALL_VIEWS[1:]), pytest.raises(RebuildUnderWayError), _alone(one, ALL_VIEWS):
            pytest.fail("one of the views is being rebuilt by another")
        assert another.elect(of_rebuild(ALL_VIEWS[0].name))


def test_a_reader_that_never_ends_is_not_waited_for_without_end(owner: str) -> None:
    """It reads the old tables. The rebuild that cannot drop them says so, and the next rebuild tries again."""
    view = ALL_VIEWS[0]
    beside = f"{view.name}__old"
    with psycopg.connect(owner) as reader, open_session(owner, WHOLE) as clearing:
        clearing.execute(f'CREATE SCHEMA "{beside}" CREATE TABLE read (one int)'.encode())
        reader.execute(f'SELECT * FROM "{beside}".read'.encode())
        with pytest.raises(psycopg.errors.LockNotAvailable):
            _clear(clearing, view, within=0)
        reader.rollback()
        _clear(clearing, view)

    assert schemas_beside(owner) == set()


def changed(view: View) -> View:
    """Return a view as in a later version of the program."""
    return view._replace(version=view.version + 1)


def test_a_view_that_another_version_has_made_is_said_to_be_outdated_until_it_is_rebuilt(owner: str, last: int) -> None:
    later: Sequence[View] = [changed(view) if view.name == "worklist" else view for view in ALL_VIEWS]

    assert [view.name for view in outdated_views(owner, later)] == ["worklist"]
    rebuild(owner, outdated_views(owner, later), silent)

    assert outdated_views(owner, later) == []
    assert [view.name for view in outdated_views(owner)] == ["worklist"]
    assert made_by(later[2]) != made_by(ALL_VIEWS[2])
    assert migrate_views(owner) == []
    assert last


def test_a_projector_leaves_a_view_alone_that_another_version_has_made(
    where: Where, owner: str, country: Country, last: int
) -> None:
    later = [changed(view) if view.name == "worklist" else view for view in ALL_VIEWS]
    before = rows_of(where.reader)["worklist.cases"]

    async def more() -> int:
        position = await append(where.writer, country.live(100), 10)
        others = [view for view in later if view.name != "worklist"]
        async with folding(where.projector, later), folding(where.projector, others) as projector:
            await projector.catch_up(position)
        return position

    position = asyncio.run(more())

    assert rows_of(where.reader)["worklist.cases"] == before
    rebuild(owner, outdated_views(owner, later), silent)
    assert position > last
    assert rows_of(where.reader)["worklist.cases"] != before


def test_statements_that_no_session_can_be_opened_for_fail_and_nobody_waits_for_them() -> None:
    behind = WriteBehind("host=/nowhere")
    with pytest.raises(psycopg.OperationalError), behind:
        behind.write(b"SELECT 1", [])
    with pytest.raises(psycopg.OperationalError):
        behind.wait()


def test_an_empty_ledger_is_rebuilt_too(owner: str) -> None:
    assert rebuild(owner, ALL_VIEWS, silent) == 0
