"""The publisher sends each agency all of its events, numbered as in the feed, as valid CloudEvents."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import orjson
import psycopg
import pytest

from consumers.kafka_settings import AUDIT, topic_of
from consumers.publisher import Publisher
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_hash, entry_of
from projections.agency_feed.types import Delivery
from projections.views import Views
from tests.api.running import Where
from tests.kafka.topics import Broker, Found
from tests.projections.folding import fold
from tests.projections.lived import all_entries
from tests.projections.lives import FOREIGN, Country, append
from tests.published.following import record_follows


@pytest.fixture
def clean(broker: Broker) -> Broker:
    """A broker without topics of ours."""
    broker.forget()
    return broker


def lived(where: Where, country: Country, moves: int) -> list[StoredEntry]:
    """Let a country live and its views fold it; return the whole log."""

    async def live() -> list[StoredEntry]:
        position = await append(where.writer, country.live(moves), 20)
        await fold(where.projector, position)
        return list(await all_entries(where.writer))

    return asyncio.run(live())


def publish(where: Where, broker: Broker, entries: Sequence[StoredEntry]) -> None:
    Publisher(where.projector, broker.settings).run(until=entries[-1].position)


def feed_of(where: Where, agency: str) -> list[Delivery]:
    async def read() -> list[Delivery]:
        async with Views(where.reader) as views:
            return await views.agency_feed.page(agency, 0, 100_000)

    return asyncio.run(read())


def agencies_of(entries: Sequence[StoredEntry]) -> set[str]:
    return {
        agency for entry in entries if entry.open.startswith(b"{") for agency in orjson.loads(entry.open)["agencies"]
    }


def test_each_agencys_topic_is_its_feed(where: Where, clean: Broker) -> None:
    entries = lived(where, Country(31), 400)
    publish(where, clean, entries)

    for agency in agencies_of(entries):
        published = sorted(clean.read([topic_of(agency)]), key=lambda found: found.sequence)
        feed = feed_of(where, agency)
        assert [found.sequence for found in published] == list(range(1, len(feed) + 1))
        assert [(found.sequence, found.value, found.position) for found in published] == [
            (delivery.sequence, delivery.entry.open, delivery.entry.position) for delivery in feed
        ]


def test_the_auditors_topic_is_the_whole_log(where: Where, clean: Broker) -> None:
    entries = lived(where, Country(32), 300)
    publish(where, clean, entries)

    found = sorted(clean.read([AUDIT]), key=lambda each: each.position)

    assert [(each.position, each.value) for each in found] == [(entry.position, entry.open) for entry in entries]


def test_each_partition_is_a_chain(where: Where, clean: Broker) -> None:
    publish(where, clean, lived(where, Country(33), 400))

    partitions: defaultdict[tuple[str, int], list[Found]] = defaultdict(list)
    for records in clean.events().values():
        for found in records:
            partitions[found.topic, found.partition].append(found)

    assert len({partition for _, partition in partitions}) > 1
    for records in partitions.values():
        records.sort(key=lambda found: found.offset)
        assert [found.previous for found in records] == [0, *(found.sequence for found in records[:-1])]


def test_a_cases_events_and_the_looks_at_it_keep_their_order_on_one_partition(where: Where, clean: Broker) -> None:
    publish(where, clean, lived(where, Country(34), 400))

    cases: defaultdict[str, list[Found]] = defaultdict(list)
    for found in clean.read([AUDIT]):
        cases[found.key].append(found)
    looked = 0
    for records in cases.values():
        assert len({found.partition for found in records}) == 1
        assert [found.position for found in records] == sorted(found.position for found in records)
        for found in records:
            if found.headers["ce_type"] == "look.recorded":
                assert orjson.loads(found.value)["data"]["case_id"] == found.key
                looked += 1
    assert looked, "looks are among them"


def test_a_record_is_a_cloud_event_in_binary_mode_that_proves_its_entry(where: Where, clean: Broker) -> None:
    entries = {entry.position: entry for entry in lived(where, Country(35), 60)}
    publish(where, clean, list(entries.values()))

    for found in clean.read([AUDIT]):
        entry, told = entries[found.position], found.headers
        assert (told["ce_specversion"], told["ce_source"]) == ("1.0", "/ledger")
        assert told["ce_id"] == f"{entry.stream}:{entry.version}"
        assert (told["ce_type"], told["ce_subject"]) == (entry.topic, str(entry.stream))
        assert told["ce_time"].endswith("Z")
        assert told["ce_partitionkey"] == found.key
        hashed = entry_hash(
            salt=bytes.fromhex(told["ce_salt"]),
            stream=UUID(told["ce_subject"]),
            version=int(told["ce_id"].rpartition(":")[2]),
            topic=told["ce_type"],
            recorded_at=int(told["ce_recordedat"]),
            open_hash=hashlib.sha256(found.value).digest(),
            sealed_hash=bytes.fromhex(told["ce_sealedhash"]),
        )
        assert hashed == entry_of(entry)


def test_a_commit_that_the_server_has_forgotten_is_made_up_for_by_the_same_records(where: Where, clean: Broker) -> None:
    """The outbox does not wait for the disk, so after a crash the server may have an older standing."""
    country = Country(39)
    publish(where, clean, lived(where, country, 150))
    with psycopg.connect(where.projector) as outbox:
        standing = outbox.execute("SELECT channel, position FROM outbox.channels").fetchall()
        numbers = outbox.execute("SELECT channel, name, sequence FROM outbox.sequences").fetchall()
    entries = lived(where, country, 150)
    publish(where, clean, entries)
    with psycopg.connect(where.projector) as outbox, outbox.cursor() as cursor:
        cursor.executemany(
            "UPDATE outbox.channels SET position = %s WHERE channel = %s", [row[::-1] for row in standing]
        )
        # A sequence that the older standing lacks restarts from 0. Only a topic's number of partitions is no sequence.
        cursor.execute("UPDATE outbox.sequences SET sequence = 0 WHERE name NOT LIKE '%#'")
        cursor.executemany(
            "UPDATE outbox.sequences SET sequence = %s WHERE channel = %s AND name = %s",
            [(sequence, channel, name) for channel, name, sequence in numbers],
        )
    publish(where, clean, entries)

    for topic, records in clean.events().items():
        told: defaultdict[int, set[tuple[str, int, bytes]]] = defaultdict(set)
        for found in records:
            told[found.sequence].add((found.headers["ce_id"], found.previous, found.value))
        assert len(records) > len(told), f"some of {topic} were sent again"
        assert list(map(len, told.values())) == [1] * len(told), "and they are the same"
        assert sorted(told) == list(range(1, len(told) + 1))


def test_every_record_follows_the_published_document(where: Where, clean: Broker) -> None:
    publish(where, clean, lived(where, Country(38), 200))

    records = [found for topic in clean.events().values() for found in topic]

    of_others = {found.headers["content-type"] for found in records if found.headers["ce_type"] in FOREIGN}
    ours = [found for found in records if found.headers["ce_type"] not in FOREIGN]
    assert of_others == {"application/octet-stream"}
    assert len({found.headers["ce_type"] for found in ours}) > 5
    for found in ours:
        record_follows(found.headers, found.key, found.value)


def test_no_seal_leaves_the_house(where: Where, clean: Broker) -> None:
    entries = lived(where, Country(36), 200)
    publish(where, clean, entries)
    sealed = [entry.sealed for entry in entries if entry.sealed]

    records = clean.read([AUDIT])

    assert sealed
    assert not any(part in found.value for part in sealed for found in records)


def test_a_ledger_of_large_events_is_published_piece_by_piece(where: Where, clean: Broker) -> None:
    """Two hundred mebibytes are more than one read returns."""
    events = [event._replace(sealed=bytes(1 << 20)) for event in Country(40).live(200)]
    asyncio.run(append(where.writer, events, 10))
    entries = asyncio.run(all_entries(where.writer))
    publish(where, clean, entries)

    found = sorted(clean.read([AUDIT]), key=lambda each: each.position)

    assert len(entries) >= 200
    assert [(each.position, each.value) for each in found] == [(entry.position, entry.open) for entry in entries]


def test_a_publisher_that_goes_on_gives_the_numbers_that_follow(where: Where, clean: Broker) -> None:
    country = Country(37)
    for moves in (50, 50, 200):
        publish(where, clean, lived(where, country, moves))
    entries = lived(where, country, 1)

    for agency in agencies_of(entries):
        feed = feed_of(where, agency)
        published = clean.read([topic_of(agency)])
        assert sorted(found.sequence for found in published) == list(range(1, len(published) + 1))
        assert {found.sequence: found.value for found in published}.items() <= {
            delivery.sequence: delivery.entry.open for delivery in feed
        }.items()
