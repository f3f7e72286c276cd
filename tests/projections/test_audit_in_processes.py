"""An audit by several processes finds what one process finds. A dead process is named, and none outlives its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil
import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.embedded.scratch import scratch_database
from projections.audit import MOST, ViewsUnreadableError, audit_views
from projections.audit_in_processes import AuditStoppedError, audit_in_processes
from projections.folds import ALL_VIEWS
from tests.api.running import Where

_AUDITING = """
import os
from projections.audit_in_processes import audit_in_processes
from projections.folds import ALL_VIEWS
if __name__ == "__main__":
    def told(done, total):
        print(done, flush=True)
    audit_in_processes(os.environ["LIVE"], os.environ["SCRATCH"], ALL_VIEWS, told, 3)
"""
# All have replayed, and wait for the comparison.
_NONE_COMES_TO_ITS_END = "LOCK TABLE case_history.entries, case_status.cases, worklist.cases IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def scratch(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A server to replay in."""
    with scratch_database(postgres.data) as url:
        yield url


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


def in_another(scratch: str) -> str:
    """Return the URL of another empty database on the server."""
    with psycopg.connect(scratch, autocommit=True) as admin:
        admin.execute("CREATE DATABASE another")
    return scratch.replace("dbname=postgres", "dbname=another")


def test_several_processes_tell_what_one_tells_of_honest_and_of_changed_views(
    where: Where, scratch: str, last: int
) -> None:
    with psycopg.connect(where.projector) as connection:
        connection.execute("UPDATE case_status.cases SET stage = 'forged'")
        connection.execute("DELETE FROM case_history.entries WHERE position % 2 = 0")
    told: list[tuple[int, int]] = []

    audited = audit_in_processes(where.reader, scratch, ALL_VIEWS, lambda done, total: told.append((done, total)), 3)

    assert audited == audit_views(where.reader, in_another(scratch), ALL_VIEWS, silent)
    assert [one.view for one in audited] == [view.name for view in ALL_VIEWS]
    found = {one.view: len(one.differences) for one in audited if one.differences}
    assert found.keys() == {"case_status", "case_history"}
    assert found["case_history"] == MOST
    assert told == sorted(told), "progress never goes back"
    assert told[-1] == (last, last)


def test_a_process_that_is_killed_ends_the_audit_and_its_views_are_named(
    where: Where, owner: str, scratch: str, last: int
) -> None:
    def kill(_done: int, _total: int) -> None:
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
                if "spawn_main" in "".join(child.cmdline()):
                    child.kill()

    with psycopg.connect(owner) as holding:
        holding.execute(_NONE_COMES_TO_ITS_END)
        with pytest.raises(AuditStoppedError, match=r"case_history|case_status"):
            audit_in_processes(where.reader, scratch, ALL_VIEWS, kill, 2)
    assert last


def test_what_one_process_cannot_read_is_told_as_one_process_tells_it(
    where: Where, owner: str, scratch: str, last: int
) -> None:
    with psycopg.connect(owner) as taking:
        taking.execute("REVOKE SELECT ON worklist.cases FROM pencere_reader")

    with pytest.raises(ViewsUnreadableError, match="permission denied"):
        audit_in_processes(where.reader, scratch, ALL_VIEWS, silent, 3)
    assert last


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_when_whoever_started_it_ends_the_processes_end(
    where: Where, owner: str, scratch: str, last: int, how: signal.Signals
) -> None:
    with (
        psycopg.connect(owner) as holding,
        subprocess.Popen(
            [sys.executable, "-c", _AUDITING],
            env={**os.environ, "LIVE": where.reader, "SCRATCH": scratch},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as begun,
    ):
        holding.execute(_NONE_COMES_TO_ITS_END)
        assert begun.stdout is not None
        begun.stdout.readline()
        children = psutil.Process(begun.pid).children(recursive=True)
        begun.send_signal(how)
        _, left = psutil.wait_procs(children, timeout=30)
        left = [child for child in left if child.status() != psutil.STATUS_ZOMBIE]  # its new parent may be slow

    assert len(children) >= 3
    assert left == []
    assert last
