"""The AsyncAPI document describes what is really sent: names, headers, keys, values, signatures."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from consumers.kafka_settings import AUDIT, LEDGER, topic_of
from consumers.rounds import Numbers, Record
from consumers.webhooks.signing import signed_headers
from ledger.published.catalogue import schemas
from ledger.published.cloud_events import cloud_event, event_id
from ledger.published.concerning import read
from tests.published.examples import ENVELOPE, entries
from tests.published.following import ASYNCAPI, delivery_follows, record_follows

KEYS = [bytes(32), bytes(range(32))]


def published(topic: str) -> list[Record]:
    """Return the records that the publisher would send to a topic for every example."""
    partitions = {topic_of(agency): 6 for agency in ENVELOPE.agencies} | {AUDIT: 6, LEDGER: 6}
    rounds = Numbers({}, partitions, with_ledger=True).rounds([read(entry) for entry in entries()])
    return [record for each in rounds for record in each.records if record.topic == topic]


def told(record: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def find(reference: str) -> Any:
    found: Any = ASYNCAPI
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


@pytest.mark.parametrize("topic", [topic_of("town"), topic_of("other-town"), AUDIT])
def test_every_example_is_published_as_the_document_says(topic: str) -> None:
    records = published(topic)

    assert len(records) == len(list(entries()))
    for record in records:
        record_follows(told(record), record.key.decode(), record.value)


@pytest.mark.parametrize("left_out", sorted(told(published(AUDIT)[0])))
def test_a_record_without_one_of_its_headers_is_not_what_the_document_says(left_out: str) -> None:
    record = published(AUDIT)[0]
    headers = told(record)
    del headers[left_out]

    with pytest.raises((AssertionError, KeyError)):
        record_follows(headers, record.key.decode(), record.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ce_type": "case.submitted"},
        {"ce_sequence": "0"},
        {"ce_previous": "-1"},
        {"ce_time": "2026-11-25T09:30:00Z"},
        {"ce_salt": "00"},
        {"ce_id": "1"},
        {"content-type": "text/plain"},
    ],
)
def test_a_record_with_a_wrong_header_is_not_what_the_document_says(wrong: Mapping[str, str]) -> None:
    record = published(AUDIT)[0]

    with pytest.raises(AssertionError):
        record_follows({**told(record), **wrong}, record.key.decode(), record.value)


def test_every_example_is_delivered_to_webhooks_as_the_document_says() -> None:
    for entry in entries():
        body = cloud_event(read(entry), entry.position, entry.position - 1)
        headers = signed_headers(event_id(entry), datetime(2026, 11, 25, tzinfo=UTC), body, KEYS)
        delivery_follows(headers, body)


def test_a_delivery_without_a_signature_is_not_what_the_document_says() -> None:
    entry = next(entries())
    body = cloud_event(read(entry), 1, 0)
    headers = signed_headers(event_id(entry), datetime(2026, 11, 25, tzinfo=UTC), body, [])

    with pytest.raises(AssertionError):
        delivery_follows(headers, body)


def test_the_channels_are_those_of_the_publisher_and_the_internal_one_is_none_of_them() -> None:
    addresses = [channel["address"] for channel in ASYNCAPI["channels"].values()]

    assert topic_of("{agency}") in addresses
    assert AUDIT in addresses
    assert LEDGER not in addresses


def test_there_is_a_message_for_every_schema_that_was_ever_published() -> None:
    for channel in ("agency", "audit"):
        assert list(ASYNCAPI["channels"][channel]["messages"]) == [str(name) for name in sorted(schemas())]
    assert find("#/components/schemas/case.submitted.1")["properties"]["schema"]["const"] == 1


def test_a_schema_in_the_document_is_the_one_that_is_served_but_for_its_names() -> None:
    for name, schema in schemas().items():
        assert {"$schema": schema["$schema"], "$id": name.address, **find(f"#/components/schemas/{name}")} == schema


def test_every_reference_leads_somewhere() -> None:
    found = set(references(ASYNCAPI))

    assert len(found) > 3 * len(schemas())
    assert all(find(reference) for reference in found)
