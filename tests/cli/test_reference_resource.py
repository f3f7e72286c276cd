"""`pencere reference-resource` as an operator runs it."""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from domain.register.values import Integration
from tests.cli.running import PATIENCE, environment, pencere
from tests.docs.test_agencies_document import free_port


@pytest.mark.parametrize("kind", ["population", "land"])
def test_it_describes_how_it_is_asked_as_its_owner_registers_it_and_keeps_its_keys(kind: str, tmp_path: Path) -> None:
    command = ("reference-resource", "--kind", kind, "--describe", "--port", "8111")
    first, again = (pencere(*command, data=tmp_path) for _ in range(2))
    integration = Integration.model_validate_json(first.stdout)

    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert integration.endpoint == "http://127.0.0.1:8111/evidence"
    assert integration.identifier == "person.identifier"
    by_kafka = json.loads(pencere(*command, "--transport", "kafka", data=tmp_path).stdout)
    assert (by_kafka["transport"], "endpoint" in by_kafka) == ("kafka", False)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(how: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "reference-resource", "--port", str(port), "--switches", '{"silent":true}'],
        env=environment(PENCERE_DATA=str(tmp_path)),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    address = re.search(r"http://\S+(?=/evidence)", said)
    assert address is not None, said
    assert httpx2.get(f"{address[0]}/behaviour").json()["silent"] is True
    process.send_signal(how)
    process.communicate(timeout=PATIENCE)

    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--name", "Not A Slug"), "--name"),
        (("--switches", "{"), "--switches"),
        (("--switches", "[1]"), "--switches"),
        (("--switches", '{"loud": true}'), "silent"),
        (("--error", "Tired"), "NotFound"),
        (("--address", "https://user@host/?a=b"), "--address"),
        (("--window", "http://window.example"), "https"),
        (("--window", "ftp://window.example"), "https"),
        (("--window", "file"), "https"),
        (("--port", "0"), "--port"),
        (("--kind", "fish"), "--kind"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(options: tuple[str, ...], told: str, tmp_path: Path) -> None:
    ended = pencere("reference-resource", *options, data=tmp_path)

    assert ended.returncode in {1, 2}
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = pencere("reference-resource", "--port", str(taken.getsockname()[1]), data=tmp_path)

    assert ended.returncode == 1
    assert "cannot listen" in ended.stderr


@pytest.mark.parametrize("name", ["", "Land", "land\n", "a" * 64, "land.requests"])
def test_kafka_is_set_up_for_no_resource_that_cannot_be_one(name: str, tmp_path: Path) -> None:
    ended = pencere("kafka", "setup", "--resource", name, data=tmp_path, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")

    assert ended.returncode == 1
    assert "--resource is a name of the register" in ended.stderr
