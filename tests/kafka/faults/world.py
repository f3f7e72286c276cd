"""Everything that a fault may break: databases, brokers, publishers, and the processes of two agencies."""

import asyncio
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg

from consumers.kafka_settings import KafkaSettings, topic_of
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.store.entries import StoredEntry
from pencere_subscriber import Settings
from projections.agency_feed.types import Delivery
from tests.api.running import Where
from tests.faults.world import servers
from tests.kafka.faults.growth import Growth
from tests.kafka.publishing import log_and_feeds, published, publisher
from tests.kafka.subscriber import crew
from tests.kafka.subscriber.table import Table
from tests.kafka.topics import Broker

AGENCIES = ("harbour", "hill")
PATIENCE = 60.0
_MORE = 40


class Subscription(NamedTuple):
    """The topic that an agency reads, and its group."""

    topic: str
    group: str


class Agency:
    """An agency with its own table, and a process that keeps the table up to date."""

    def __init__(self, name: str, kafka: Settings, table: Table) -> None:
        self.name, self.table, self._kafka = name, table, kafka
        self._subscription = Subscription(topic_of(name), f"agency-{name}.table")
        self.begin()

    def begin(self) -> None:
        """Start its process, always under the same name."""
        self.process = crew.start(self._kafka, self.table.database, self._subscription, "one")

    def kill(self) -> None:
        """`kill -9` its process."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def second_member(self) -> Iterator[int]:
        """Let one more process share the work while the block runs."""
        with crew.running(self._kafka, self.table.database, self._subscription) as process:
            yield process.pid


class World:
    """A ledger that grows while a test wants it to, and the processes that pass its events on.

    Args:
        postgres: the window's databases, and in the vault's cluster those of the agencies.
        brokers: Kafka.
        agencies: the agencies that subscribe.
        seed: the seed of all random choices.
    """

    def __init__(self, postgres: EmbeddedPostgres, brokers: LocalKafka, agencies: list[Agency], seed: int) -> None:
        self.postgres, self.brokers, self.agencies, self.random = postgres, brokers, agencies, Random(seed)
        self.where = where_of(postgres)
        self.broker = Broker(KafkaSettings(brokers.bootstrap_servers))
        self.broker_numbers = range(1, len(brokers.bootstrap_servers.split(",")) + 1)
        self.growth = Growth(self.where, seed)
        self.outages: list[float] = []
        """For how many seconds there was no broker, each time."""
        self._publishers = ExitStack()
        self.publisher = self.begin_publisher()

    def begin_publisher(self) -> subprocess.Popen[bytes]:
        """Start a publisher; it ends with the world."""
        return self._publishers.enter_context(publisher(self.where, self.broker.settings))

    def end(self) -> None:
        """End every process."""
        self._publishers.close()
        for agency in self.agencies:
            agency.kill()
            agency.table.close()

    def flows(self) -> None:
        """Wait until each agency has received so many more events."""
        there = {agency.name: agency.table.count() for agency in self.agencies}
        for agency in self.agencies:
            agency.table.wait_for(there[agency.name] + _MORE, PATIENCE)

    def in_step(self) -> tuple[list[StoredEntry], dict[str, list[Delivery]]]:
        """Wait until everything is published and received; return the log and each agency's feed."""
        entries, feeds = asyncio.run(log_and_feeds(self.where))
        until(lambda: published(self.where) == entries[-1].position)
        for agency in self.agencies:
            agency.table.wait_for(len(feeds[agency.name]), PATIENCE)
        return entries, feeds


def where_of(postgres: EmbeddedPostgres) -> Where:
    """Return the window's databases, by role."""
    return Where(
        writer=postgres.ledger_url("pencere_writer"),
        projector=postgres.ledger_url("pencere_projector"),
        reader=postgres.ledger_url("pencere_reader"),
        vault=postgres.vault_url("pencere_vault"),
    )


def until(holds: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until the condition holds."""
    give_up_at = time.monotonic() + within
    while not holds():
        assert time.monotonic() < give_up_at, "it does not come to hold"
        time.sleep(0.02)  # between two checks


@contextmanager
def world_of(brokers: int, folder: Path, seed: int) -> Iterator[World]:
    """A separate world with so many brokers."""
    with servers() as postgres, LocalKafka(folder, brokers=brokers) as kafka:
        settings = Settings(kafka.bootstrap_servers)
        agencies = [Agency(name, settings, _table(postgres)) for name in AGENCIES]
        world = World(postgres, kafka, agencies, seed)
        try:
            yield world
        finally:
            world.end()


def _table(postgres: EmbeddedPostgres) -> Table:
    name = f"agency_{secrets.token_hex(8)}"
    with psycopg.connect(postgres.vault_url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return Table(postgres.vault_url(ADMIN, name))
