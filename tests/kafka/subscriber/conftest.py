"""A topic for each test, and the settings by which the kit finds it."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from pencere_subscriber import Settings
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.table import Table
from tests.kafka.topics import Broker


@pytest.fixture
def kafka(broker: Broker) -> Settings:
    """Kafka's address, in an agency's settings."""
    return Settings(*broker.settings)


@pytest.fixture
def press(broker: Broker) -> Iterator[Press]:
    """A topic that only this test uses."""
    printing = Press(broker.settings)
    yield printing
    printing.close()


@pytest.fixture
def table(postgres: EmbeddedPostgres) -> Iterator[Table]:
    """An agency's database that only this test uses."""
    name = f"agency_{time.time_ns()}"
    admin = postgres.ledger_url(ADMIN, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    opened = Table(postgres.ledger_url(ADMIN, name))
    yield opened
    opened.close()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
