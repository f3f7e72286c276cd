"""An event log is imported while a publisher and two subscribers run. Each agency gets the same events as by HTTP.

The log is a small one, and in the slow tier ../shared/data/permit-receipt.xes.gz, or a larger one if that file is
missing. It is imported for both agencies at the same time, so that their events mix in the ledger.
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from consumers.kafka_topics import Topics
from tests.cli.conftest import data
from tests.cli.running import ROOT, Served, environment, serving
from tests.faults.made_log import made_log
from tests.kafka.topics import Broker

__all__ = ["data"]

AGENCIES = ("river-town", "hill-town")
PERMITS = ROOT.parent / "shared" / "data" / "permit-receipt.xes.gz"
_PATIENCE = 120

Events = list[dict[str, Any]]


@pytest.fixture(params=["small", pytest.param("large", marks=pytest.mark.slow)])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small log of our own; the permit log, or a larger one of our own."""
    if request.param == "large" and PERMITS.exists():
        return PERMITS
    return made_log(tmp_path / "made.xes", 200 if request.param == "small" else 1500, Random(1))


@contextmanager
def started(data: Path, *arguments: str, into: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command, with its output in a file."""
    command = [sys.executable, "-m", "cli", *arguments]
    with into.open("wb") as file:
        process = subprocess.Popen(command, env=environment(PENCERE_DATA=str(data), **more), cwd=ROOT, stdout=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def must_be_level(served: Served) -> None:
    """Wait until the views show the whole ledger."""
    give_up_at = time.monotonic() + _PATIENCE
    while (lag := served.get("/health/ready").json()["lag"]) > 0:
        assert time.monotonic() < give_up_at, f"{lag} events behind"
        time.sleep(0.05)  # between two checks


def feed(served: Served, agency: str) -> Events:
    """Return the agency's feed by HTTP, page by page."""
    token = served.token("agency", "system", "--agency", agency)
    events: Events = []
    while True:
        after = events[-1]["sequence"] if events else 0
        page: Events = served.get(f"/v1/events?after={after}&limit=500", token).json()["items"]
        if not page:
            return events
        events += page


def printed(file: Path, count: int) -> Events:
    """Wait until a subscriber has printed so many events, and return them."""
    give_up_at = time.monotonic() + _PATIENCE
    while (there := file.read_bytes().count(b"\n")) < count:
        assert time.monotonic() < give_up_at, f"{there} of {count} events"
        time.sleep(0.05)  # between two checks
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def must_be_chains(events: Events) -> None:
    """Check that each event follows an earlier one or is the first of its partition, and none is followed twice."""
    ends: set[int] = set()
    for event in events:
        if event["previous"]:
            ends.remove(event["previous"])
        ends.add(event["sequence"])


def must_be_in_order(events: Events) -> None:
    cases: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        cases[event["partitionkey"]].append(event["position"])
    for positions in cases.values():
        assert positions == sorted(positions)


def test_each_agency_has_exactly_its_events_in_order_as_they_are_by_http(
    data: Path, broker: Broker, log: Path, tmp_path: Path
) -> None:
    broker.forget()
    with Topics(broker.settings) as topics:
        topics.have(AGENCIES)
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": broker.settings.bootstrap_servers}
    files = {agency: tmp_path / agency for agency in AGENCIES}
    with serving(data, "--no-demo", **kafka) as served, ExitStack() as processes:
        for agency, file in files.items():
            asked = ("subscribe", "--agency", agency, "--group", f"agency-{agency}.log", "--json")
            processes.enter_context(started(data, *asked, into=file, **kafka))
        imports = [
            processes.enter_context(
                started(
                    data, "import", "xes", str(log), "--agency", agency, "--service", agency, into=tmp_path / "said"
                )
            )
            for agency in AGENCIES
        ]
        assert [each.wait(_PATIENCE) for each in imports] == [0, 0]
        must_be_level(served)
        feeds = {agency: feed(served, agency) for agency in AGENCIES}
        told = {agency: printed(files[agency], len(feeds[agency])) for agency in AGENCIES}

    for agency, events in told.items():
        by_http = {event["sequence"]: event for event in feeds[agency]}
        assert list(by_http) == list(range(1, len(by_http) + 1))
        assert len(events) == len(by_http) > 1000
        assert {event["sequence"]: _alike(event) for event in events} == {
            sequence: _alike(event) for sequence, event in by_http.items()
        }
        must_be_chains(events)
        must_be_in_order(events)


def _alike(event: dict[str, Any]) -> dict[str, Any]:
    """Return the parts that are the same in every channel."""
    return {name: value for name, value in event.items() if name not in {"previous", "partitionkey"}}
