"""A rebuild by several processes makes the same views as one process, and no process outlives its parent."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import psycopg
import pytest

from projections.case_history.fold import VIEW as CASE_HISTORY
from projections.folds import ALL_VIEWS
from projections.rebuild import RebuildUnderWayError, rebuild
from projections.rebuild_in_processes import RebuildStoppedError, rebuild_in_processes
from projections.worklist.fold import VIEW as WORKLIST
from tests.api.running import Where
from tests.projections.rows import rows_of, schemas_beside

_FOREVER = """
import os
from projections.folds import ALL_VIEWS
from projections.rebuild_in_processes import rebuild_in_processes
if __name__ == "__main__":
    while True:
        rebuild_in_processes(os.environ["OWNER"], ALL_VIEWS, lambda done, total: print(done, flush=True), 3)
"""


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


def test_views_rebuilt_by_several_processes_are_the_live_ones(where: Where, owner: str, last: int) -> None:
    before = rows_of(where.reader)
    told: list[tuple[int, int]] = []

    assert rebuild_in_processes(owner, ALL_VIEWS, lambda done, total: told.append((done, total)), 3) == last

    assert rows_of(where.reader) == before
    assert schemas_beside(owner) == set()
    assert told == sorted(told), "progress never goes back"
    assert told[-1] == (last, last)


def test_what_one_process_is_refused_leaves_the_views_of_the_others_rebuilt(
    where: Where, owner: str, last: int
) -> None:
    honest = rows_of(where.reader)
    with psycopg.connect(where.projector) as connection:
        connection.execute("DELETE FROM case_history.entries")
    assert rows_of(where.reader) != honest

    def meanwhile(_done: int, _total: int) -> None:
        with pytest.raises(RebuildUnderWayError, match="worklist"):
            rebuild_in_processes(owner, [CASE_HISTORY, WORKLIST], silent, 2)

    assert rebuild(owner, [WORKLIST], meanwhile) == last
    assert rows_of(where.reader) == honest
    assert schemas_beside(owner) == set()


def test_a_process_that_is_killed_is_told_with_its_views_and_the_next_rebuild_clears_up(
    where: Where, owner: str, last: int
) -> None:
    before = rows_of(where.reader)

    def kill(_done: int, _total: int) -> None:
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.ZombieProcess):
                if "spawn_main" in "".join(child.cmdline()):
                    child.kill()

    with psycopg.connect(owner) as holding:
        holding.execute("LOCK TABLE case_history.tracking, worklist.tracking IN SHARE MODE")  # none of them finishes
        with pytest.raises(RebuildStoppedError, match=r"case_history|worklist"):
            rebuild_in_processes(owner, [CASE_HISTORY, WORKLIST], kill, 2)

    assert schemas_beside(owner), "it was in the middle"
    assert rows_of(where.reader) == before
    assert rebuild_in_processes(owner, ALL_VIEWS, silent, 2) == last
    assert rows_of(where.reader) == before
    assert schemas_beside(owner) == set()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_whoever_started_it_ends_and_the_processes_end_themselves(
    where: Where, owner: str, last: int, how: signal.Signals
) -> None:
    before = rows_of(where.reader)
    with subprocess.Popen(
        [sys.executable, "-c", _FOREVER],
        env={**os.environ, "OWNER": owner},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as begun:
        assert begun.stdout is not None
        begun.stdout.readline()
        children = psutil.Process(begun.pid).children(recursive=True)
        begun.send_signal(how)
        _, left = psutil.wait_procs(children, timeout=30)
        left = [child for child in left if child.status() != psutil.STATUS_ZOMBIE]  # its new parent may be slow

    assert len(children) >= 3
    assert left == []
    assert rows_of(where.reader) == before
    assert rebuild_in_processes(owner, ALL_VIEWS, silent, 2) == last
    assert schemas_beside(owner) == set()
