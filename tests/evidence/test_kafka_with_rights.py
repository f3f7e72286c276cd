"""The exchange over a Kafka with users and rights, as `pencere kafka setup` prepares it from what the register says."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.kafka_commands import known_to_the_catalogue
from consumers.kafka_rights import EVIDENCE, PUBLISHER, user_of_resource
from consumers.kafka_settings import PASSWORDS, KafkaSettings
from consumers.kafka_setup import set_up
from consumers.local_kafka.broker_settings import ADMIN
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.channels import answers_topic, requests_topic
from tests.api.running import fresh_databases
from tests.evidence.exchanging import connected
from tests.evidence.outcomes import ANSWERED, ASKED, until

_numbers = itertools.count(1)


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KafkaSettings, Path]]:
    """A broker that lets in known users only, as its administrator, and an empty data folder."""
    folder = tmp_path_factory.mktemp("secured")
    with LocalKafka(folder / "kafka", secure=True) as kafka:
        password = kafka.client_settings()["sasl_plain_password"]
        yield KafkaSettings(kafka.bootstrap_servers, ADMIN, password), folder


def test_window_and_resource_exchange_what_they_must_with_no_more_rights_than_they_have(
    postgres: EmbeddedPostgres, tmp_path: Path, servers: tuple[KafkaSettings, Path]
) -> None:
    admin, data = servers
    made, kept = set_up(admin, (), data, with_replicas=False, resources=["population"])
    assert kept == data / PASSWORDS
    assert {requests_topic("population"), answers_topic("population")} <= set(made)
    passwords = json.loads(kept.read_text())
    register = user_of_resource("population")
    of_window = {"KAFKA_BOOTSTRAP_SERVERS": admin.bootstrap_servers, "KAFKA_USER": PUBLISHER}
    of_window |= {"KAFKA_PASSWORD": passwords[PUBLISHER], "KAFKA_EVIDENCE_USER": EVIDENCE}
    window = KafkaSettings.for_evidence(of_window, data)
    assert window is not None
    assert (window.user, window.password) == (EVIDENCE, passwords[EVIDENCE])

    with (
        fresh_databases(postgres, f"rights_{next(_numbers)}") as where,
        connected(
            where,
            tmp_path,
            kafka=window,
            kafka_of_register=KafkaSettings(admin.bootstrap_servers, register, passwords[register]),
        ) as town,
    ):
        case = town.submits()
        town.until(case, "evidence_settled")
        assert town.topics(case) == [*ASKED, "evidence_sent", *ANSWERED]
        known = (["interior", "ministry", "town"], ["population"])
        until(lambda: asyncio.run(known_to_the_catalogue(where.reader)) == known)
        town.asked_by(town.integration.model_copy(update={"transport": "http", "endpoint": "http://127.0.0.1:1/"}))
        until(lambda: asyncio.run(known_to_the_catalogue(where.reader))[1] == [])
