"""An event that cannot be handled is set aside with the reason, acknowledged, and everything else goes on."""

import json
from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer, TopicPartition

from pencere_subscriber import DeadLetterError, Event, Poison, Settings, Subscriber, SubscriberError
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.reading import read, read_into, sequences
from tests.kafka.topics import Broker, Found


def set_aside(broker: Broker, press: Press) -> list[Found]:
    """Return the records of the group's dead-letter topic."""
    return broker.read([f"{press.topic}.dead.{press.group}"])


def raw_headers(broker: Broker, press: Press) -> Iterator[list[tuple[str, bytes]]]:
    """Return the headers of the records that were set aside, as bytes."""
    partition = TopicPartition(f"{press.topic}.dead.{press.group}", 0)
    consumer = KafkaConsumer(**broker.settings.client(), group_id=None)
    try:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        while consumer.position(partition) < end:
            for records in consumer.poll(timeout_ms=500).values():
                yield from (record.headers for record in records)
    finally:
        consumer.close()


def test_an_event_that_the_handler_calls_poison_is_set_aside_as_it_was(
    kafka: Settings, broker: Broker, press: Press
) -> None:
    press.print(30)
    handled: list[Event] = []

    def handle(event: Event) -> None:
        if event.sequence == 12:
            raise Poison("the case is not of this desk")
        handled.append(event)

    read_into(kafka, press, handle)

    [dead] = set_aside(broker, press)
    original = press.printed[11]
    assert sequences(handled) == [*range(1, 12), *range(13, 31)]
    assert dead.headers["dead_reason"] == "the case is not of this desk"
    assert (dead.headers["dead_group"], int(dead.headers["dead_partition"])) == (press.group, original.partition)
    assert (dead.key.encode(), dead.value) == (original.key, original.value)
    assert dead.headers.items() >= {name: value.decode() for name, value in original.headers}.items()
    assert read(kafka, press) == []


def test_a_record_that_is_no_cloud_event_of_ours_is_set_aside(kafka: Settings, broker: Broker, press: Press) -> None:
    faults: dict[str, dict[str, bytes | None]] = {
        "a header is missing: salt": {"ce_salt": None},
        "a header is missing: content-type": {"content-type": None},
        "isoformat string: 'yesterday'": {"ce_time": b"yesterday"},
        "can't decode byte 0xff": {"ce_id": b"\xff"},
        "CloudEvents 2.0, not 1.0": {"ce_specversion": b"2.0"},
    }
    press.print(5)
    press.send([press.next(**changed) for changed in faults.values()])
    press.print(5)

    handled = read(kafka, press)

    reasons = [dict(headers)["dead_reason"].decode() for headers in raw_headers(broker, press)]
    assert sequences(handled) == [*range(1, 6), *range(11, 16)]
    assert all(any(fault in reason for reason in reasons) for fault in faults), reasons
    assert len(reasons) == len(faults)


def test_a_value_that_is_no_json_is_set_aside_by_a_handler_that_wants_it(
    kafka: Settings, broker: Broker, press: Press
) -> None:
    press.print(3)
    press.send([press.next()._replace(value=b"{no json"), press.next()._replace(value=b"[]")])

    read_into(kafka, press, lambda event: print(event.document["origin"]))

    reasons = [dead.headers["dead_reason"] for dead in set_aside(broker, press)]
    assert sorted(reason[:20] for reason in reasons) == ["the value is no JSON", "the value is no JSON"]


def test_what_somebody_else_has_written_into_the_topic_is_set_aside_and_breaks_no_chain(
    kafka: Settings, broker: Broker, press: Press
) -> None:
    press.print(20)
    for partition in range(3):
        press.send_raw(partition, value=json.dumps({"hello": "world"}).encode())
        press.send_raw(partition, key=b"k", headers=[("ce_sequence", b"7"), ("ce_previous", b"8")])
    press.print(20)

    handled = read(kafka, press)

    assert sequences(handled) == list(range(1, 41))
    assert len(list(raw_headers(broker, press))) == 6


def test_whoever_takes_batches_can_set_an_event_aside(kafka: Settings, broker: Broker, press: Press) -> None:
    press.print(10)
    with Subscriber(press.topic, press.group, settings=kafka) as subscriber:
        for events in subscriber.batches(until_caught_up=True):
            for event in events:
                if event.sequence == 4:
                    subscriber.set_aside(event, "not this one")

    assert [dead.sequence for dead in set_aside(broker, press)] == [4]
    assert read(kafka, press) == []


def test_an_event_is_not_passed_over_when_it_cannot_be_set_aside(kafka: Settings, press: Press) -> None:
    group = "g" * 230  # with the topic before it, the name is too long for a topic
    press.print(10)
    handled: list[Event] = []

    def handle(event: Event) -> None:
        if event.sequence == 5:
            raise Poison("no")
        handled.append(event)

    with pytest.raises(DeadLetterError):
        read_into(kafka, press, handle, group=group)

    rest = read(kafka, press, group=group)
    assert 5 in sequences(rest)
    assert sequences(rest + handled) == list(range(1, 11))


def test_whoever_has_no_group_has_nowhere_to_set_an_event_aside(kafka: Settings, press: Press) -> None:
    press.print(1)

    def handle(_event: Event) -> None:
        raise Poison("no")

    with pytest.raises(SubscriberError, match="group"):
        read_into(kafka, press, handle, group=None)
