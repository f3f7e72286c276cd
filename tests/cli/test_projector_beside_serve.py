"""The projector is a separate process beside `pencere serve`: whichever of them dies, the views go on."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.stopping import GRACE, SERVING_GRACE
from ledger.embedded.postgres import EmbeddedPostgres
from tests.cli.running import (
    KEEPER,
    PROJECTOR,
    ROOT,
    Served,
    children_of,
    environment,
    is_alive,
    parts_of,
    pencere,
    serving,
)
from tests.ledger.stopped_processes import stopped
from tests.log.waiting import until

_LIMIT = 60.0
_MARGIN = 6.0  # seconds that a machine under load may need to end a process
_REQUEST = {"service": "property-extract", "answers": {"property.number": "1", "extract.kind": "full"}}


def projector_of(served: Served) -> int:
    """Return the process that folds beside a window, as soon as it exists."""
    found: list[int] = []

    def is_there() -> bool:
        found[:] = children_of(served.process.pid, *PROJECTOR)
        return len(found) == 1

    until(is_there, _LIMIT)
    return found[0]


def submit(served: Served, citizen: str) -> tuple[str, str]:
    """Submit a request; return the case and the token of its position."""
    written = served.post("/v1/cases", _REQUEST, citizen)
    assert written.status_code == 201, written.text
    return written.json()["caseId"], written.headers["Position-Token"]


def read(served: Served, citizen: str, case: str, position: str, wait: int) -> Any:
    """Read a case at a position or later, as soon as the views have it."""
    headers = {"Position-Token": position, "Prefer": f"wait={wait}"}
    return served.get(f"/v1/cases/{case}", citizen, **headers)


def is_read(served: Served, citizen: str, case: str, position: str) -> bool:
    """Return whether the views have the case."""
    return bool(read(served, citizen, case, position, wait=5).status_code == 200)


def test_whoever_writes_is_answered_while_the_projector_stands_still_and_reads_go_on_with_it(served: Served) -> None:
    citizen = served.token("citizen", "nigar")
    with stopped([projector_of(served)]):
        case, position = submit(served, citizen)
        late = read(served, citizen, case, position, wait=0)

    assert (late.status_code, late.json()["rule"]) == (503, "view-behind")
    until(lambda: is_read(served, citizen, case, position), _LIMIT)


def test_a_killed_projector_is_started_again_and_reads_catch_up(served: Served) -> None:
    citizen, killed = served.token("citizen", "nigar"), projector_of(served)
    os.kill(killed, signal.SIGKILL)
    case, position = submit(served, citizen)
    until(lambda: is_read(served, citizen, case, position), _LIMIT)

    assert projector_of(served) != killed


def test_a_projector_that_dies_of_a_fault_is_begun_anew_and_goes_on_once_that_is_mended(served: Served) -> None:
    citizen, dead = served.token("citizen", "nigar"), projector_of(served)
    with EmbeddedPostgres(served.data) as embedded, psycopg.connect(embedded.ledger_url("pencere_owner")) as owner:
        owner.execute("ALTER SCHEMA worklist RENAME TO elsewhere")
        owner.commit()
        case, position = submit(served, citizen)
        until(lambda: not is_alive(dead), _LIMIT)
        owner.execute("ALTER SCHEMA elsewhere RENAME TO worklist")
    until(lambda: is_read(served, citizen, case, position), _LIMIT)


def test_the_projector_of_another_window_takes_over(served: Served, shared_data: Path) -> None:
    citizen = served.token("citizen", "nigar")
    with serving(shared_data) as other:
        standing_by = projector_of(other)
        os.kill(projector_of(served), signal.SIGKILL)
        case, position = submit(served, citizen)
        until(lambda: is_read(served, citizen, case, position), _LIMIT)
        assert projector_of(other) == standing_by
        assert other.stop() == 0


def test_a_killed_window_leaves_no_projector_that_keeps_the_views(data: Path) -> None:
    with serving(data, "--no-demo") as served:
        children = [projector_of(served), *children_of(served.process.pid, *KEEPER)]
        served.process.kill()
        served.process.wait()
        until(lambda: not any(is_alive(child) for child in children), _LIMIT)
    with serving(data) as again:
        until(lambda: again.get("/health/ready").json()["lag"] == 0, _LIMIT)
        assert again.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_window_ends_in_time_while_its_children_stand_still(data: Path, number: signal.Signals) -> None:
    with serving(data, "--no-demo") as served:
        children = parts_of(served.process.pid)
        for child in children:
            os.kill(child, signal.SIGSTOP)
        served.process.send_signal(number)

        assert served.process.wait(SERVING_GRACE + _MARGIN) == 0
        assert not any(is_alive(child) for child in children)
    assert not (data / "ledger" / "pgdata" / "postmaster.pid").exists()


def test_views_that_are_left_to_a_process_apart_are_folded_by_it(data: Path) -> None:
    command = [sys.executable, "-m", "cli", "project", "run"]
    with subprocess.Popen(command, env=environment(PENCERE_DATA=str(data)), cwd=ROOT) as apart:
        with serving(data, PENCERE_PROJECTOR="apart") as served:
            citizen = served.token("citizen", "nigar")
            assert is_read(served, citizen, *submit(served, citizen))
            assert children_of(served.process.pid, *PROJECTOR) == []
            assert served.stop() == 0
        apart.send_signal(signal.SIGTERM)

        assert apart.wait(GRACE + _MARGIN) == 0


def test_a_place_that_is_not_known_is_refused_by_name(data: Path) -> None:
    ended = pencere("serve", "--port", "0", data=data, PENCERE_PROJECTOR="elsewhere")

    assert ended.returncode == 1
    assert "PENCERE_PROJECTOR is here or apart, not 'elsewhere'" in ended.stderr
    assert "Traceback" not in ended.stderr
