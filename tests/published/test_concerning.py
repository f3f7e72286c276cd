"""All channels agree on whose events an entry is and on its number, whatever bytes were appended."""

import json
from base64 import b64decode
from collections.abc import Iterable

import orjson
import pytest
from hypothesis import given

from consumers.kafka_settings import AUDIT, LEDGER, topic_of
from consumers.rounds import Numbers
from domain.topics import TOPICS
from ledger.published.cloud_events import cloud_event
from ledger.published.codec import open_part
from ledger.published.concerning import read
from ledger.published.recorded import MOST_AGENCIES
from ledger.store.entries import StoredEntry
from projections.agency_feed.fold import VIEW as AGENCY_FEED
from projections.replay import folded
from tests.domain.examples import EXAMPLES
from tests.published.anything import HONEST, OPEN, TOPIC, logs
from tests.published.examples import ENVELOPE

Numbered = list[tuple[str, int, int]]
"""(agency, its sequence, position), in order of position."""


def of_the_feed(log: Iterable[StoredEntry]) -> Numbered:
    rows = folded(AGENCY_FEED, log).appended["deliveries"].rows
    return [(agency, sequence, position) for agency, sequence, position, *_ in rows]


def of_kafka(log: Iterable[StoredEntry]) -> Numbered:
    reads = [read(entry) for entry in log]
    agencies = {agency for each in reads for agency in each.agencies}
    partitions = {topic_of(agency): 6 for agency in agencies} | {AUDIT: 6, LEDGER: 6}
    rounds = Numbers({}, partitions, with_ledger=True).rounds(reads)
    told = [(record, dict(record.headers)) for each in rounds for record in each.records if record.headers]
    return [
        (record.topic.removeprefix(topic_of("")), int(headers["ce_sequence"]), int(headers["ce_position"]))
        for record, headers in told
        if record.topic != AUDIT
    ]


@given(logs())
def test_for_any_bytes_feed_and_kafka_number_alike_and_every_agencys_numbers_have_no_gap(
    log: list[StoredEntry],
) -> None:
    feed = of_the_feed(log)

    assert of_kafka(log) == feed
    for agency in {agency for agency, _, _ in feed}:
        own = [sequence for name, sequence, _ in feed if name == agency]
        assert own == list(range(1, len(own) + 1))


@given(logs())
def test_an_honest_events_number_counts_the_events_before_it_that_concern_the_agency(log: list[StoredEntry]) -> None:
    for agency, sequence, position in of_the_feed(log):
        before = [entry for entry in log[: position - 1] if agency in read(entry).agencies]
        assert sequence == len(before) + 1
    for entry in log:
        if entry.open == HONEST[0].open and entry.topic in TOPICS:
            assert read(entry).agencies == ENVELOPE.agencies


@given(TOPIC, OPEN)
def test_whatever_was_appended_is_told_to_auditors_as_json_that_gives_the_bytes_back(
    topic: str, open_part: bytes
) -> None:
    told = read(HONEST[0]._replace(topic=topic, open=open_part))

    event = json.loads(cloud_event(told, 7, 6))

    assert (event["type"], event["sequence"], event["previous"]) == (topic, 7, 6)
    if "data" in event:
        written = json.dumps(event["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert written.encode() == open_part or told.event is not None
    else:
        assert b64decode(event["data_base64"]) == open_part


@pytest.mark.parametrize("entry", HONEST, ids=lambda entry: f"{entry.topic}-{entry.version}")
def test_every_event_that_the_codec_writes_concerns_the_agencies_of_its_envelope(entry: StoredEntry) -> None:
    assert read(entry).agencies == ENVELOPE.agencies


def test_the_codec_writes_no_event_of_more_agencies_than_are_told() -> None:
    many = ENVELOPE.model_copy(update={"agencies": tuple(f"agency-{number}" for number in range(MOST_AGENCIES + 1))})

    with pytest.raises(ValueError, match="agencies at most"):
        open_part(EXAMPLES[0], many)


@pytest.mark.parametrize("agencies", [["x"], 5, ["x", "x"], "x", [["x"]], None, ["X"], {"x": 1}])
def test_an_event_of_another_application_concerns_no_agency(agencies: object) -> None:
    foreign = HONEST[0]._replace(topic="weather.measured", open=orjson.dumps({"agencies": agencies}))

    assert read(foreign).agencies == ()
    assert of_the_feed([foreign]) == of_kafka([foreign]) == []
