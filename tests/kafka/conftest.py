"""A real broker for the tests: KAFKA_BOOTSTRAP_SERVERS when it is set, else one of our own on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.kafka_settings import KafkaSettings
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import Where, fresh_databases
from tests.kafka.topics import Broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that all tests share. Each test has other agencies, so its topics have other names."""
    given = KafkaSettings.read(os.environ)
    if given is not None:
        yield Broker(given)
        return
    with LocalKafka(tmp_path_factory.mktemp("kafka")) as local:
        yield Broker(KafkaSettings(local.bootstrap_servers))


@pytest.fixture
def where(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[Where]:
    """Databases that only this test uses."""
    with fresh_databases(postgres, f"kafka_{abs(hash(request.node.nodeid)):x}") as places:
        yield places


@pytest.fixture
def kafka_folder(tmp_path: Path) -> Path:
    """A folder for the data of a test's own brokers."""
    return tmp_path / "brokers"
