"""Whatever another application appends, every agency gets its own events, with the same number in feed and Kafka."""

import asyncio
import os
from collections.abc import Sequence

import orjson
import pytest
from eventsourcing.persistence import StoredEvent

from consumers.kafka_settings import AUDIT, EVENTS, topic_of
from consumers.publisher import Publisher
from domain.topics import TOPICS
from ledger.eventsourcing_adapter import LedgerRecorder
from ledger.store.batch import _LARGEST_REQUEST
from ledger.store.entries import NewEvent, StoredEntry
from ledger.store.threads import ThreadedLedger
from projections.views import Views
from tests.api.running import Where
from tests.kafka.topics import Broker
from tests.ledger.samples import new_stream
from tests.projections.folding import fold
from tests.projections.lived import all_entries
from tests.projections.lives import ZONES, Country, append

NESTED = b'{"a":' * 900 + b"1" + b"}" * 900
FOREIGN = [
    b'{"agencies":["harbour"]}',
    b'{"agencies":5}',
    b'{"agencies":["x","x",["y"],null,"Not A Slug"]}',
    b'{"agencies":"harbour"}',
    b'"agencies"',
    b"",
    b"\xff\xfe",
    b'{"agencies":["\\ud800"]}',
    NESTED,
    orjson.dumps({"agencies": [f"agency-{number}" for number in range(3000)]}),
]
SPELLINGS = [b"garbage", b"{garbage", b"{}", b'{"agencies":5}', NESTED, b'{"agencies":["harbour"]}']
OTHER_NAMES = ["weather.measured", 'a "quoted" topic', "case.looked_at"]


@pytest.fixture
def clean(broker: Broker) -> Broker:
    """A broker without topics of ours."""
    broker.forget()
    return broker


def append_foreign(where: Where) -> None:
    """Append as an application of the `eventsourcing` package does."""
    with ThreadedLedger(where.writer) as ledger:
        recorder = LedgerRecorder(ledger)
        for topic in OTHER_NAMES:
            stream = new_stream()
            recorder.insert_events(
                [StoredEvent(stream, version, topic, state) for version, state in enumerate(FOREIGN, 1)]
            )


def forged() -> list[NewEvent]:
    """Return events under each of Pencere's topics that Pencere itself would never write."""
    each = [(topic, spelling) for topic in sorted(TOPICS) for spelling in SPELLINGS]
    return [NewEvent(new_stream(), 1, topic, spelling, b"", os.urandom(32)) for topic, spelling in each]


def lived(where: Where, moves: Sequence[NewEvent]) -> list[StoredEntry]:
    """Append these events, let the views fold everything, and return the whole log."""

    async def live() -> list[StoredEntry]:
        await append(where.writer, list(moves), 20)
        entries = list(await all_entries(where.writer))
        await fold(where.projector, len(entries))
        return entries

    return asyncio.run(live())


def feeds(where: Where) -> dict[str, list[tuple[int, int, bytes]]]:
    """Return what each agency gets over HTTP and by webhooks: number, position and open part."""

    async def told() -> dict[str, list[tuple[int, int, bytes]]]:
        async with Views(where.reader) as views:
            assert await views.positions.stopped() == {}
            pages = {agency: await views.agency_feed.page(agency, 0, 100_000) for agency in [*ZONES, "x", "agency-1"]}
        return {
            agency: [(each.sequence, each.entry.position, each.entry.open) for each in page]
            for agency, page in pages.items()
            if page
        }

    return asyncio.run(told())


def test_whatever_is_appended_feed_and_kafka_tell_each_agency_the_same_events_under_the_same_numbers(
    where: Where, clean: Broker
) -> None:
    country = Country(51)
    lived(where, country.live(150))
    append_foreign(where)
    lived(where, [*forged(), *country.live(150)])
    entries = lived(where, country.live(50))

    Publisher(where.projector, clean.settings).run(until=len(entries))

    told = {
        topic.removeprefix(EVENTS): [(found.sequence, found.position, found.value) for found in records]
        for topic, records in clean.events().items()
        if topic != AUDIT
    }
    by_feed = feeds(where)
    assert {agency: sorted(records) for agency, records in told.items()} == by_feed
    assert by_feed.keys() == ZONES.keys()
    for deliveries in by_feed.values():
        assert [sequence for sequence, _, _ in deliveries] == list(range(1, len(deliveries) + 1))
    audited = clean.read([AUDIT])
    assert {found.position: found.value for found in audited} == {entry.position: entry.open for entry in entries}


def test_the_largest_event_that_the_ledger_takes_is_published_and_what_follows_it_too(
    where: Where, clean: Broker
) -> None:
    with ThreadedLedger(where.writer) as ledger:
        state = os.urandom(_LARGEST_REQUEST - 128)
        LedgerRecorder(ledger).insert_events([StoredEvent(new_stream(), 1, "film.shot", state)])
    entries = lived(where, Country(52).live(60))

    Publisher(where.projector, clean.settings).run(until=len(entries))

    assert {found.position for found in clean.read([AUDIT])} == set(range(1, len(entries) + 1))
    assert clean.read([topic_of(next(iter(feeds(where))))])
