"""Views in another database, fed by Kafka, are equal to those that the ledger feeds."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
import pytest

from consumers.kafka_settings import LEDGER, KafkaSettings
from consumers.kafka_topics import Topics
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.entries import StoredEntry
from ledger.store.entry_bytes import packed, unpacked
from projections.folds import ALL_VIEWS
from projections.replica import PARTITIONED_VIEWS, Place, Replica, TotalOrderNeededError, migrate_replica
from tests.api.running import Where, fresh_databases
from tests.cli.running import ROOT
from tests.kafka.publishing import growing, published_beyond, publisher
from tests.kafka.topics import Broker
from tests.ledger.samples import new_stream
from tests.projections.lived import all_entries
from tests.projections.lives import Country, append
from tests.projections.rows import rows_of


@pytest.fixture
def elsewhere(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """A replica's database."""
    with fresh_databases(postgres, f"replica_{secrets.token_hex(8)}", views=PARTITIONED_VIEWS) as places:
        name = psycopg.conninfo.conninfo_to_dict(places.writer)["dbname"]
        migrate_replica(postgres.ledger_url("pencere_owner", str(name)))
        yield places


@contextmanager
def feeder(elsewhere: Where, settings: KafkaSettings, group: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let a process feed the replica while the block runs."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.kafka.replica_process", elsewhere.projector, group]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@asynccontextmanager
async def published_life(where: Where, settings: KafkaSettings, seed: int) -> AsyncIterator[None]:
    """Let a country live and publish everything, also for replicas, while the block runs."""
    with Topics(settings) as topics:
        topics.make([LEDGER], partitions=6)
    async with growing(where, Country(seed)):
        with publisher(where, settings):
            yield


def places(elsewhere: Where) -> Mapping[int, Place]:
    """Return the place in each partition."""
    with Replica(elsewhere.projector) as replica:
        return replica.places()


def folded(elsewhere: Where) -> int:
    """Return how many events the replica's history has, and its last position."""
    return max((place.position for place in places(elsewhere).values()), default=0)


async def folded_beyond(elsewhere: Where, position: int) -> None:
    async with asyncio.timeout(90):
        while await asyncio.to_thread(folded, elsewhere) <= position:  # noqa: ASYNC110 - this is in another process
            await asyncio.sleep(0.05)  # between two checks


async def in_step(where: Where, elsewhere: Where, settings: KafkaSettings, group: str) -> None:
    """Wait until everything is published and folded."""
    entries = await all_entries(where.writer)
    last = entries[-1].position
    with publisher(where, settings), feeder(elsewhere, settings, group):
        await published_beyond(where, last - 1)
        ends = {partition: len(found) for partition, found in _by_partition(Broker(settings)).items()}
        async with asyncio.timeout(90):
            while at_ends(elsewhere) != ends:  # noqa: ASYNC110 - this is in another process
                await asyncio.sleep(0.05)  # between two checks


def at_ends(elsewhere: Where) -> dict[int, int]:
    """Return the offset at which each partition goes on."""
    return {number: place.next_offset for number, place in places(elsewhere).items()}


def _by_partition(broker: Broker) -> dict[int, list[int]]:
    offsets: dict[int, list[int]] = {number: [] for number in range(6)}
    for partition, offset in broker.offsets(LEDGER):
        offsets[partition].append(offset)
    return offsets


def rows_of_replicated(url: str) -> dict[str, object]:
    names = {view.name for view in PARTITIONED_VIEWS}
    return {
        table: rows
        for table, rows in rows_of(url, PARTITIONED_VIEWS).items()
        if table.partition(".")[0] in names and not table.endswith(".tracking")
    }


def test_a_replica_is_equal_to_the_live_views_after_processes_have_come_and_gone(
    where: Where, elsewhere: Where, broker: Broker
) -> None:
    """Partitions change owners while events come: one process, then three, then one is killed, then two."""
    broker.forget()
    group = secrets.token_hex(8)

    async def scenario() -> None:
        async with published_life(where, broker.settings, 61):
            with feeder(elsewhere, broker.settings, group):
                await folded_beyond(elsewhere, 50)
                with ExitStack() as more:
                    victim = more.enter_context(feeder(elsewhere, broker.settings, group))
                    more.enter_context(feeder(elsewhere, broker.settings, group))
                    await folded_beyond(elsewhere, folded(elsewhere) + 100)
                    victim.kill()
                    await folded_beyond(elsewhere, folded(elsewhere) + 100)
        await in_step(where, elsewhere, broker.settings, group)

    asyncio.run(scenario())

    assert rows_of_replicated(elsewhere.reader) == rows_of_replicated(where.reader)


def test_a_replica_is_equal_after_the_broker_has_died_in_the_middle(
    where: Where, elsewhere: Where, kafka_folder: Path
) -> None:
    async def scenario(kafka: LocalKafka) -> None:
        settings, group = KafkaSettings(kafka.bootstrap_servers), secrets.token_hex(8)
        async with published_life(where, settings, 62):
            with feeder(elsewhere, settings, group):
                await folded_beyond(elsewhere, 50)
                kafka.kill(1)
                kafka.start(1)
                await asyncio.to_thread(kafka.wait_until_ready)
                await folded_beyond(elsewhere, folded(elsewhere) + 50)
        await in_step(where, elsewhere, settings, group)

    with LocalKafka(kafka_folder) as kafka:
        asyncio.run(scenario(kafka))

    assert rows_of_replicated(elsewhere.reader) == rows_of_replicated(where.reader)


def test_a_view_that_needs_the_total_order_is_refused_with_the_reason(where: Where, postgres: EmbeddedPostgres) -> None:
    name = psycopg.conninfo.conninfo_to_dict(where.writer)["dbname"]
    [numbered, _] = [view for view in ALL_VIEWS if view not in PARTITIONED_VIEWS]

    with pytest.raises(TotalOrderNeededError, match="agency_feed needs the ledger's total order"):
        migrate_replica(postgres.ledger_url("pencere_owner", str(name)), [numbered])


def test_an_entry_travels_whole(where: Where) -> None:
    asyncio.run(append(where.writer, Country(63).live(60)))
    entries = asyncio.run(all_entries(where.writer))

    assert any(entry.sealed for entry in entries)
    for entry in entries:
        assert unpacked(packed(entry)) == entry


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_a_record_that_is_none_or_cut_off_is_refused(cut: int) -> None:
    record = packed(StoredEntry(1, new_stream(), 1, 1, "case.closed", bytes(32), b"{}", b""))

    with pytest.raises(ValueError, match="record of an entry"):
        unpacked(record[:cut])
