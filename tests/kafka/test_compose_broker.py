"""The broker of compose.yaml, started by its own settings without Docker: what the image runs, on this machine's Java.

`kafka.docker.KafkaDockerWrapper` is the image's own way from variables to a file of settings and a formatted store.
Only the folders, the ports and the broker's name differ from the file.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from consumers.kafka_rights import PUBLISHER, user_of
from consumers.kafka_settings import AUDIT, KafkaSettings, topic_of
from consumers.kafka_setup import set_up
from consumers.local_kafka.jars import class_path, default_cache, java
from tests.cli.running import ROOT
from tests.kafka.test_rights import read, write

pytestmark = pytest.mark.slow

ADMIN = "made-up"
AGENCY = "town"
KNOCK = """
import os
from kafka import KafkaAdminClient
from consumers.kafka_settings import KafkaSettings
patience = {"bootstrap_timeout_ms": 2000}
KafkaAdminClient(**{**KafkaSettings.read(os.environ).client(), **patience}).describe_topics()
"""
FOLDERS = ("default", "mounted", "final")
PORTS = ("9092", "9093", "9094", "9095")


class Started(NamedTuple):
    """The broker's addresses, for the window's own services and for agencies."""

    window: str
    agencies: str
    data: Path

    def as_user(self, user: str, servers: str) -> KafkaSettings:
        """Return the settings of a user whose password is where `kafka setup` stores it."""
        found = KafkaSettings.read({"KAFKA_BOOTSTRAP_SERVERS": servers, "KAFKA_USER": user}, self.data)
        assert found is not None
        return found


def environment(folder: Path, ports: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the file, filled in as Compose does when `.env` has the administrator's password."""
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["kafka"]
    filled = {"KAFKA_ADMIN_PASSWORD": ADMIN}
    found = {}
    for name, value in service["environment"].items():
        given = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: filled.get(match[1], match[2]), str(value))
        given = given.replace("//kafka:", "//127.0.0.1:")
        found[name] = re.sub("|".join(PORTS), lambda port: ports[port[0]], given)
    return found | {"KAFKA_LOG_DIRS": str(folder / "data")}


def free_ports() -> dict[str, str]:
    probes = [socket.socket() for _ in PORTS]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return {port: str(probe.getsockname()[1]) for port, probe in zip(PORTS, probes, strict=True)}
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder, ports = tmp_path_factory.mktemp("compose"), free_ports()
    for name in FOLDERS:
        (folder / name).mkdir()
    (folder / "final" / "server.properties").touch()
    jvm = [java(), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", class_path(default_cache(), lambda *_: None)]
    folders = [part for name in FOLDERS for part in (f"--{name}-configs-dir", str(folder / name))]
    settings = environment(folder, ports)
    wrapper = subprocess.run(
        [*jvm, "kafka.docker.KafkaDockerWrapper", "setup", *folders],
        env={"PATH": os.defpath, **settings},
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert wrapper.returncode == 0, wrapper.stderr
    with (
        (folder / "broker.log").open("wb") as log,
        subprocess.Popen(
            [*jvm, "kafka.Kafka", str(folder / "final" / "server.properties")], stdout=log, stderr=log
        ) as broker,
    ):
        try:
            window = f"127.0.0.1:{ports['9092']}"
            data = folder / "pencere-data"
            data.mkdir()
            admin = KafkaSettings(window, "admin", ADMIN, "PLAIN")
            wait_until_ready(window, broker)
            made, _ = set_up(admin, [AGENCY], data, with_replicas=False)
            assert set(made) == {AUDIT, topic_of(AGENCY)}
            yield Started(window, f"127.0.0.1:{ports['9094']}", data)
        finally:
            broker.terminate()
            broker.wait(30)


def wait_until_ready(servers: str, broker: subprocess.Popen[bytes]) -> None:
    host, _, port = servers.partition(":")
    while True:
        assert broker.poll() is None, "the broker has ended"
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return


def test_an_agency_reads_by_its_own_listener_what_the_publisher_writes_by_the_windows(started: Started) -> None:
    write(started.as_user(PUBLISHER, started.window), topic_of(AGENCY))

    assert read(started.as_user(user_of(AGENCY), started.agencies), topic_of(AGENCY), f"{user_of(AGENCY)}.table") == 1
    assert read(started.as_user(user_of(AGENCY), started.agencies), AUDIT, within=1) == 0


@pytest.mark.parametrize(
    ("password", "mechanism", "listener", "is_let_in"),
    [
        (ADMIN, "PLAIN", "window", True),
        ("", "PLAIN", "window", False),
        ("wrong", "PLAIN", "window", False),
        (ADMIN, "PLAIN", "agencies", False),
        (ADMIN, "SCRAM-SHA-512", "agencies", False),
    ],
)
def test_the_administrator_comes_with_the_password_and_from_inside_only(
    started: Started, password: str, mechanism: str, listener: str, *, is_let_in: bool
) -> None:
    """This runs in a separate process, since kafka-python leaves sockets open when the login fails."""
    variables = {
        "KAFKA_BOOTSTRAP_SERVERS": getattr(started, listener),
        "KAFKA_USER": "admin",
        "KAFKA_PASSWORD": password,
        "KAFKA_SASL_MECHANISM": mechanism,
    }
    ended = subprocess.run(
        [sys.executable, "-c", KNOCK], cwd=ROOT, env=variables, check=False, timeout=60, capture_output=True, text=True
    )

    assert (ended.returncode == 0) is is_let_in, ended.stderr
    assert is_let_in or "Unable to bootstrap" in ended.stderr, ended.stderr


def test_the_passwords_are_kept_in_the_data_folder(started: Started) -> None:
    kept = json.loads((started.data / "kafka-users.json").read_text())

    assert kept.keys() >= {PUBLISHER, user_of(AGENCY)}
    assert started.as_user(PUBLISHER, started.window).password == kept[PUBLISHER]
