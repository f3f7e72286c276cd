"""The window as resources meet it, and a broker for those that are asked by Kafka."""

import itertools
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from psycopg.conninfo import conninfo_to_dict

from application.evidence.keys import EvidenceKeys
from consumers.kafka_settings import KafkaSettings
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.api.running import fresh_databases
from tests.evidence.examples import WINDOW, WINDOW_SEALING
from tests.evidence.exchanging import Town, connected
from tests.evidence.in_clear import in_database, in_log, in_topics
from tests.evidence.made_window import MadeWindow
from tests.evidence.outcomes import asking
from tests.kafka.conftest import broker
from tests.kafka.topics import Broker

__all__ = ["broker"]
_numbers = itertools.count(1)


@pytest.fixture
def window() -> Iterator[MadeWindow]:
    """A window with its keys."""
    with MadeWindow(EvidenceKeys(WINDOW, WINDOW_SEALING)) as running:
        yield running


@pytest.fixture(scope="module", params=["http", "kafka"])
def transport(request: pytest.FixtureRequest) -> str:
    """How the registers are asked."""
    return str(request.param)


@pytest.fixture(scope="module")
def kafka(transport: str, request: pytest.FixtureRequest) -> KafkaSettings | None:
    """A broker without topics, if registers are asked by Kafka."""
    if transport == "http":
        return None
    broker: Broker = request.getfixturevalue("broker")
    broker.forget()
    return broker.settings


@pytest.fixture(scope="module")
def the_town(
    postgres: EmbeddedPostgres, kafka: KafkaSettings | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town that asks nobody yet."""
    folder = tmp_path_factory.mktemp("town")
    with (
        fresh_databases(postgres, f"evidence_{next(_numbers)}") as where,
        connected(where, folder, kafka=kafka, asking=False) as town,
    ):
        yield town


@pytest.fixture
def silent_town(the_town: Town, postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture) -> Iterator[Town]:
    """The town, with a register that behaves; whatever happens to it, nothing personal is in clear anywhere."""
    caplog.set_level(logging.INFO)
    the_town.register.switch()
    the_town.ahead = timedelta()
    yield the_town
    database = str(conninfo_to_dict(the_town.window.where.reader)["dbname"])
    assert in_database(postgres.ledger_url(ADMIN, database)) == []
    assert in_log(caplog.records) == []
    if the_town.kafka is not None:
        assert in_topics(the_town.kafka, "population", answers=not the_town.is_betrayed) == []


@pytest.fixture
def town(silent_town: Town) -> Iterator[Town]:
    """The town, which asks."""
    with asking(silent_town):
        yield silent_town
