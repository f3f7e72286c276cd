"""A subscription can begin anywhere; a stored place of the group takes precedence."""

from datetime import UTC, datetime

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, OffsetAndMetadata, TopicPartition

from pencere_subscriber import (
    LATEST,
    NoTopicError,
    PlaceGoneError,
    ResetRefusedError,
    Settings,
    SettingsError,
    Start,
    Subscriber,
    SubscriberError,
)
from tests.kafka.subscriber.press import BEGAN, Press
from tests.kafka.subscriber.reading import read, sequences
from tests.kafka.topics import Broker


def moment(sequence: float) -> str:
    """Return the instant at which the record with that number was recorded."""
    return datetime.fromtimestamp(BEGAN / 1_000_000 + sequence, UTC).isoformat()


def test_from_a_position_on_also_when_it_is_another_agencys(kafka: Settings, press: Press) -> None:
    press.print(60)

    for first in (1, 2, 17, 60):
        assert sequences(read(kafka, press, group=None, start=Start(position=first * 10))) == list(range(first, 61))
    assert sequences(read(kafka, press, start=Start.parse("position:101"))) == list(range(11, 61))


def test_from_a_position_in_a_topic_with_repetitions(kafka: Settings, press: Press) -> None:
    made = press.print(60)
    press.send(made[10:])
    press.send(made[30:50])
    press.send(made[30:])
    press.print(20)

    for first in (1, 15, 45, 61, 75):
        found = read(kafka, press, group=None, start=Start(position=first * 10))
        assert sequences(found) == list(range(first, 81))


def test_from_a_position_that_is_still_to_come(kafka: Settings, press: Press) -> None:
    press.print(10)
    before = read(kafka, press, start=Start(position=500))
    press.print(10)

    assert before == []
    assert sequences(read(kafka, press)) == list(range(11, 21))


def test_from_a_moment_on(kafka: Settings, press: Press) -> None:
    press.print(40)

    for when, first in ((20, 20), (20.5, 21), (-86_400, 1), (86_400, 41)):
        found = read(kafka, press, group=None, start=Start.parse(moment(when)))
        assert sequences(found) == list(range(first, 41))


def test_from_a_date_on(kafka: Settings, press: Press) -> None:
    press.print(10)

    assert sequences(read(kafka, press, group=None, start=Start.parse("2023-11-14"))) == list(range(1, 11))
    assert read(kafka, press, group=None, start=Start.parse("2023-11-15")) == []


def test_from_the_end_on(kafka: Settings, press: Press) -> None:
    press.print(20)
    before = read(kafka, press, start=LATEST)
    press.print(20)

    # Nothing was handled when the first run ended, but records that came since then still belong to the second.
    assert before == []
    assert sequences(read(kafka, press, start=LATEST)) == list(range(21, 41))


def test_the_groups_place_goes_before_the_start(kafka: Settings, press: Press) -> None:
    press.print(20)
    read(kafka, press)
    press.print(5)

    assert sequences(read(kafka, press, start=Start(position=10))) == list(range(21, 26))


def test_a_reset_lets_the_group_begin_anew(kafka: Settings, press: Press) -> None:
    press.print(20)
    read(kafka, press)

    assert sequences(read(kafka, press, start=Start(position=110), reset=True)) == list(range(11, 21))
    assert read(kafka, press) == []


def test_a_reset_is_refused_while_somebody_is_in_the_group(kafka: Settings, press: Press) -> None:
    press.print(20)
    with Subscriber(press.topic, press.group, settings=kafka) as working:
        assert next(iter(working)).offset == 0
        with pytest.raises(ResetRefusedError):
            read(kafka, press, reset=True)


def test_a_reset_is_refused_where_the_agencys_table_says_where_to_go_on(kafka: Settings, press: Press) -> None:
    with pytest.raises(SubscriberError, match="table"):
        read(kafka, press, reset=True, positions=lambda _partitions: {})


def test_an_offset_that_somebody_has_set_with_a_tool_of_kafkas_is_taken(
    kafka: Settings, broker: Broker, press: Press
) -> None:
    press.print(60)
    consumer = KafkaConsumer(**broker.settings.client(), group_id=press.group, enable_auto_commit=False)
    consumer.commit({TopicPartition(press.topic, number): OffsetAndMetadata(5, "", -1) for number in range(3)})
    consumer.close()

    assert {event.offset for event in read(kafka, press) if event.previous and event.offset <= 5} == {5}


def test_a_place_that_the_broker_no_longer_has_is_an_error_and_no_new_beginning(
    kafka: Settings, broker: Broker, press: Press
) -> None:
    press.print(60)
    read(kafka, press)
    press.print(60)
    admin = KafkaAdminClient(**broker.settings.client())
    admin.delete_records({TopicPartition(press.topic, number): 30 for number in range(3)})
    admin.close()

    with pytest.raises(PlaceGoneError, match=press.topic):
        read(kafka, press)


@pytest.mark.parametrize("text", ["sometime", "2026-13-01", "101", "position:", "position:-5", ""])
def test_a_start_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        Start.parse(text)


def test_a_topic_that_is_not_there_is_said_by_name(kafka: Settings, press: Press) -> None:
    with pytest.raises(NoTopicError, match="nowhere"), Subscriber("nowhere", press.group, settings=kafka) as subscriber:
        subscriber.run(print, until_caught_up=True)
    assert press.printed == []


def test_without_an_address_there_is_one_sentence() -> None:
    with pytest.raises(SettingsError, match="KAFKA_BOOTSTRAP_SERVERS"):
        Settings.read({})
