"""`pencere kafka up` and `setup`, `pencere publish`, and the publisher inside of `pencere serve`."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from consumers.kafka_settings import AUDIT, KafkaSettings, topic_of
from tests.cli.running import ROOT, Served, environment, pencere, serving, summary_of
from tests.kafka.topics import Broker
from tests.log.waiting import until


@contextmanager
def kafka_up(data: Path) -> Iterator[str]:
    """Run the command; yield what it prints on standard output."""
    command = [sys.executable, "-m", "cli", "kafka", "up"]
    settings, pipe = environment(PENCERE_DATA=str(data)), subprocess.PIPE
    with subprocess.Popen(command, env=settings, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            assert process.stdout.read() == "", "nothing else is said there"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that only this module uses."""
    with kafka_up(tmp_path_factory.mktemp("up")) as said:
        name, _, servers = said.strip().partition("=")
        assert name == "KAFKA_BOOTSTRAP_SERVERS"
        yield servers


def test_a_kafka_that_is_named_goes_first(tmp_path: Path) -> None:
    ended = pencere("kafka", "up", data=tmp_path, KAFKA_BOOTSTRAP_SERVERS="kafka.example:9092")

    assert ended.stdout == "KAFKA_BOOTSTRAP_SERVERS=kafka.example:9092\n"
    assert not (tmp_path / "kafka").exists()


@pytest.mark.parametrize("command", [("kafka", "setup"), ("publish",)])
def test_without_a_kafka_there_is_one_sentence(data: Path, command: tuple[str, ...]) -> None:
    ended = pencere(*command, data=data)

    assert ended.returncode == 1
    assert "KAFKA_BOOTSTRAP_SERVERS" in ended.stderr
    assert "Traceback" not in ended.stderr


def published_by(served: Served) -> int:
    """Return the position up to which Kafka has acknowledged, as the metrics tell it; 0 before the first."""
    found = re.search(
        r'^pencere_published_position\{channel="kafka"\} (\d+)', served.get("/metrics").text, re.MULTILINE
    )
    return int(found[1]) if found else 0


def test_a_window_with_a_kafka_publishes_what_happens_in_it(data: Path, servers: str) -> None:
    broker = Broker(KafkaSettings(servers))
    with serving(data, KAFKA_BOOTSTRAP_SERVERS=servers) as served:
        citizen = served.token("citizen", "leyla")
        body = {"service": "property-extract", "answers": {"property.number": "1", "extract.kind": "full"}}
        written = served.post("/v1/cases", body, citizen)
        position = int(written.headers["Position-Token"])
        until(lambda: published_by(served) >= position, 60)
        published = broker.read([topic_of("property-register")])
        served.stop()

    assert written.json()["caseId"] in {found.key for found in published}
    setup = summary_of(pencere("kafka", "setup", "--json", data=data, KAFKA_BOOTSTRAP_SERVERS=servers))
    assert setup == {"topics": [], "agencies": 3, "users": None}


def test_publish_until_caught_up_ends_when_everything_is_acknowledged(data: Path, servers: str) -> None:
    with serving(data) as served:
        served.stop()
    Broker(KafkaSettings(servers)).forget()

    first = summary_of(pencere("publish", "--until-caught-up", "--json", data=data, KAFKA_BOOTSTRAP_SERVERS=servers))
    again = summary_of(pencere("publish", "--until-caught-up", "--json", data=data, KAFKA_BOOTSTRAP_SERVERS=servers))

    assert first == again
    assert len(Broker(KafkaSettings(servers)).read([AUDIT])) == first["position"]
