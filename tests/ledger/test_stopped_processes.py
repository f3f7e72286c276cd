"""Processes that a test stops go on afterwards, whatever happened to others beside them."""

import subprocess
import sys

import psutil
import psycopg
import pytest

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.ledger.stopped_processes import STANDS_STILL, postmaster_of, server_stopped, stopped

_STAYS = [sys.executable, "-c", "input()"]


def test_a_process_that_has_ended_by_itself_leaves_no_other_stopped() -> None:
    with subprocess.Popen(_STAYS, stdin=subprocess.PIPE) as alive:
        with subprocess.Popen(_STAYS, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as ended:
            ended.wait()
        with stopped([alive.pid, ended.pid]):
            assert psutil.Process(alive.pid).status() == psutil.STATUS_STOPPED
        assert alive.communicate(b"\n", timeout=30)
    assert alive.returncode == 0


def test_a_stopped_server_goes_on_after_the_block_failed(breakable: EmbeddedPostgres) -> None:
    def while_it_stands_still() -> None:
        with server_stopped(breakable.ledger):
            server = psutil.Process(postmaster_of(breakable.ledger))
            assert {one.status() for one in (server, *server.children())} <= STANDS_STILL
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        while_it_stands_still()

    with psycopg.connect(breakable.ledger_url(ADMIN)) as session:
        assert session.execute("SELECT true").fetchone() == (True,)
