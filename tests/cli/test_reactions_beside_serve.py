"""The reactions have a process of their own beside `pencere serve`, which does what the clock leads to."""

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from cli.stopping import GRACE
from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, EmbeddedPostgres
from tests.cli.running import REACTIONS, ROOT, Served, children_of, environment, pencere, serving, summary_of
from tests.cli.test_import import LOG
from tests.log.waiting import until

_LIMIT = 90.0
_MARGIN = 6.0  # seconds in which a machine under load ends a process


def imported(data: Path, folder: Path) -> None:
    """Import a log with two cases whose last day has passed long ago; one of them is open."""
    path = folder / "log.xes.gz"
    path.write_bytes(gzip.compress(LOG.encode()))
    ended = pencere("import", "xes", str(path), "--agency", "town", "--service", "small", "--json", data=data)
    assert summary_of(ended)["open"] == 1


def marked(served: Served) -> int:
    """Return how often the clock has said that a case of the service is overdue."""
    count: int = served.get("/v1/evaluation/services/small").json()["markedOverdue"]
    return count


def test_a_served_window_marks_what_is_overdue_once_and_the_audit_finds_nothing_wrong(
    data: Path, tmp_path: Path
) -> None:
    imported(data, tmp_path)
    with serving(data, "--no-demo") as served:
        until(lambda: marked(served) == 1, _LIMIT)
        assert served.stop() == 0
    with serving(data, "--no-demo") as again:
        until(lambda: len(children_of(again.process.pid, *REACTIONS)) == 1, _LIMIT)
        verified = pencere("audit", "verify", data=data)
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert marked(again) == 1
        assert again.stop() == 0


def test_a_killed_host_is_started_again(data: Path) -> None:
    with serving(data, "--no-demo") as served:
        until(lambda: len(children_of(served.process.pid, *REACTIONS)) == 1, _LIMIT)
        (killed,) = children_of(served.process.pid, *REACTIONS)
        os.kill(killed, signal.SIGKILL)
        until(lambda: children_of(served.process.pid, *REACTIONS) not in ([], [killed]), _LIMIT)


def test_a_reaction_that_stands_still_is_in_the_log_of_the_window(data: Path) -> None:
    with (
        serving(data, "--no-demo") as served,
        EmbeddedPostgres(data) as embedded,
        psycopg.connect(embedded.ledger_url(ADMIN, LEDGER_DATABASE), autocommit=True) as admin,
    ):
        admin.execute("REVOKE SELECT ON deadlines.cases FROM pencere_reader")
        until(lambda: len(children_of(served.process.pid, *REACTIONS)) == 1, _LIMIT)
        os.kill(children_of(served.process.pid, *REACTIONS)[0], signal.SIGKILL)  # the next one looks at once
        assert served.process.stderr is not None
        for line in served.process.stderr:
            if "stands still" in line:
                break
        admin.execute("GRANT SELECT ON deadlines.cases TO pencere_reader")

    assert "the reaction case-term-moved has a fault and stands still: InsufficientPrivilege" in line


def test_reactions_that_are_left_to_a_process_apart_are_hosted_by_it(data: Path, tmp_path: Path) -> None:
    imported(data, tmp_path)
    command = [sys.executable, "-m", "cli", "react"]
    with serving(data, "--no-demo", PENCERE_REACTIONS="apart") as served:
        assert children_of(served.process.pid, *REACTIONS) == []
        with subprocess.Popen(command, env=environment(PENCERE_DATA=str(data)), cwd=ROOT) as apart:
            until(lambda: marked(served) == 1, _LIMIT)
            apart.send_signal(signal.SIGTERM)

            assert apart.wait(GRACE + _MARGIN) == 0


def test_a_place_that_is_not_known_is_refused_by_name(data: Path) -> None:
    ended = pencere("serve", "--port", "0", data=data, PENCERE_REACTIONS="elsewhere")

    assert ended.returncode == 1
    assert "PENCERE_REACTIONS is here or apart, not 'elsewhere'" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("every", ["0", "never"])
def test_a_time_between_looks_that_is_no_number_of_seconds_is_refused_by_name(data: Path, every: str) -> None:
    for command in (("serve", "--port", "0"), ("react",)):
        ended = pencere(*command, data=data, PENCERE_REACTIONS_EVERY=every)

        assert ended.returncode == 1
        assert "PENCERE_REACTIONS_EVERY is a number of seconds above 0" in ended.stderr
        assert "Traceback" not in ended.stderr
