"""A subscriber gets each event once, in order per case, and none without the one before it."""

from collections import defaultdict

import pytest

from pencere_subscriber import Event, GapError, Settings
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.reading import read, read_into, sequences


def test_every_event_comes_once_and_in_order_per_case(kafka: Settings, press: Press) -> None:
    press.print(700)

    cases: defaultdict[str, list[int]] = defaultdict(list)
    for event in read(kafka, press):
        cases[event.case_id].append(event.document["data"]["number"])

    assert cases == press.cases()


def test_an_event_says_what_its_record_says(kafka: Settings, press: Press) -> None:
    [record] = press.print(1)

    [event] = read(kafka, press)

    assert (event.topic, event.partition, event.offset) == (press.topic, record.partition, 0)
    assert (event.sequence, event.previous, event.position) == (1, 0, 10)
    assert event.id == f"{event.case_id}:1"
    assert (event.type, event.source, event.subject) == ("case.step_recorded", "/ledger", event.case_id)
    assert event.recorded_at == int(event.time.timestamp() * 1_000_000)
    assert event.data == record.value


def test_the_next_run_of_a_group_goes_on_where_the_last_one_ended(kafka: Settings, press: Press) -> None:
    press.print(50)
    first = read(kafka, press)
    press.print(30)
    second = read(kafka, press)

    assert sequences(first) == list(range(1, 51))
    assert sequences(second) == list(range(51, 81))


def test_whoever_has_no_group_reads_everything_each_time(kafka: Settings, press: Press) -> None:
    press.print(20)

    assert sequences(read(kafka, press, group=None)) == sequences(read(kafka, press, group=None)) == list(range(1, 21))


def test_a_round_that_is_sent_again_is_handled_once(kafka: Settings, press: Press) -> None:
    made = press.print(60)
    press.send(made[20:])
    press.send(made[40:])
    press.print(10)

    assert sequences(read(kafka, press)) == list(range(1, 71))


def test_a_round_that_is_sent_again_between_two_runs_is_handled_once(kafka: Settings, press: Press) -> None:
    # The record before the committed offset is a repetition. A reader that took its number for the last one seen would
    # handle the following records twice.
    made = press.print(30)
    press.send(made[10:20])
    read(kafka, press)
    press.send(made[10:])
    press.print(5)

    assert sequences(read(kafka, press)) == list(range(31, 36))


def test_a_record_that_is_left_out_stops_the_subscriber_where_it_should_be(kafka: Settings, press: Press) -> None:
    press.print(40)
    missing = press.next()
    after = press.print(40)
    handled: list[Event] = []

    with pytest.raises(GapError) as gap:
        read_into(kafka, press, handled.append)

    [follower, *_] = [record for record in after if record.partition == missing.partition]
    before = [record for record in press.printed[:40] if record.partition == missing.partition]
    assert (gap.value.topic, gap.value.partition) == (press.topic, missing.partition)
    assert (gap.value.expected, gap.value.found) == (before[-1].sequence, missing.sequence)
    assert str(missing.sequence) in str(gap.value)
    there = [event.sequence for event in handled if event.partition == missing.partition]
    assert there == [record.sequence for record in before]
    assert follower.sequence not in sequences(handled)


def test_no_later_run_gets_past_a_gap(kafka: Settings, press: Press) -> None:
    press.print(10)
    press.next()
    press.print(10)

    for _ in range(2):
        with pytest.raises(GapError):
            read(kafka, press)


def test_a_record_that_is_missing_at_the_very_beginning_is_missed(kafka: Settings, press: Press) -> None:
    missing = press.next()
    press.print(20)

    with pytest.raises(GapError) as gap:
        read(kafka, press)

    assert (gap.value.expected, gap.value.found) == (0, missing.sequence)


def test_a_check_that_fails_stops_before_the_event(kafka: Settings, press: Press) -> None:
    press.print(30)
    handled: list[Event] = []

    def check(event: Event) -> None:
        if event.sequence == 17:
            raise ValueError("this is not what the public log says")

    with pytest.raises(ValueError, match="public log"):
        read_into(kafka, press, handled.append, check=check)

    place = next(record.partition for record in press.printed if record.sequence == 17)
    assert [event.sequence for event in handled if event.partition == place] == [
        record.sequence for record in press.printed[:16] if record.partition == place
    ]
    assert 17 in sequences(read(kafka, press))
