"""Each event is stored in the agency's own table exactly once, whenever the process dies."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from kafka import KafkaAdminClient

from pencere_subscriber import Group, Settings, Subscriber
from tests.kafka.subscriber.crew import Load, running, start
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.recording import AFTER_COMMIT, BEFORE_COMMIT, Recording
from tests.kafka.subscriber.table import Table
from tests.kafka.topics import Broker


@contextmanager
def recording(table: Table, *poison: int) -> Iterator[Recording]:
    opened = Recording(table.database, "here", poison=poison)
    try:
        yield opened
    finally:
        opened.close()


def members_of(kafka: Settings, group: str) -> int:
    """Return how many members the broker counts in a group."""
    admin = KafkaAdminClient(**kafka.client())
    try:
        return len(admin.describe_groups([group])[group]["members"])
    finally:
        admin.close()


def take_in(kafka: Settings, press: Press, table: Table, *poison: int) -> None:
    """Bring the agency's table up to date, in this process."""
    with (
        recording(table, *poison) as agency,
        Subscriber(press.topic, Group(press.group, "one"), settings=kafka, positions=agency.positions) as subscriber,
    ):
        subscriber.run(agency.handle, transaction=agency.transaction, until_caught_up=True)


@pytest.mark.parametrize("manner", [BEFORE_COMMIT, AFTER_COMMIT])
def test_a_crash_beside_the_commit_does_nothing_twice(kafka: Settings, press: Press, table: Table, manner: str) -> None:
    press.print(100)
    with start(kafka, table.database, press, "one", manner) as process:
        table.wait_for(1)
        press.print(100)
        assert process.wait(60) == -signal.SIGKILL
    there = table.count()

    take_in(kafka, press, table)

    assert there < 200 or manner == AFTER_COMMIT
    table.must_hold(press)


def kill_again_and_again(kafka: Settings, press: Press, table: Table, times: int, member: str) -> None:
    """Kill the agency's process again and again under load, at random moments after it has stored something."""
    moments = Random(times)
    with Load(press):
        for _ in range(times):
            with start(kafka, table.database, press, member) as process:
                table.wait_for(table.count() + moments.randrange(1, 300))
                process.kill()
    with running(kafka, table.database, press, member):
        table.wait_for(len(press.printed))

    table.must_hold(press)


def test_killed_under_load_everything_comes_once(kafka: Settings, press: Press, table: Table) -> None:
    kill_again_and_again(kafka, press, table, 4, member="one")


@pytest.mark.slow
def test_killed_forty_times_under_load_everything_comes_once(kafka: Settings, press: Press, table: Table) -> None:
    kill_again_and_again(kafka, press, table, 40, member="one")


@pytest.mark.slow
def test_killed_without_a_name_that_lasts_everything_comes_once_after_the_session(
    kafka: Settings, press: Press, table: Table
) -> None:
    kill_again_and_again(kafka, press, table, 5, member="")


def test_a_table_that_was_restored_is_filled_again_from_where_it_stands(
    kafka: Settings, press: Press, table: Table
) -> None:
    made = press.print(90)
    press.send(made[30:])
    take_in(kafka, press, table)
    table.connection.execute("DELETE FROM handled WHERE sequence > 40")
    table.connection.execute("DELETE FROM place")
    table.connection.execute("INSERT INTO place SELECT partition, max(sequence) FROM handled GROUP BY partition")
    press.print(10)

    take_in(kafka, press, table)

    table.must_hold(press)


def test_a_table_that_was_emptied_is_filled_from_the_beginning(kafka: Settings, press: Press, table: Table) -> None:
    press.print(50)
    take_in(kafka, press, table)
    table.connection.execute("TRUNCATE handled, place")

    take_in(kafka, press, table)

    table.must_hold(press)


def test_a_table_whose_group_is_new_goes_on_where_the_table_stands(kafka: Settings, press: Press, table: Table) -> None:
    press.print(50)
    take_in(kafka, press, table)
    press.print(20)
    with (
        recording(table) as agency,
        Subscriber(press.topic, "another", settings=kafka, positions=agency.positions) as subscriber,
    ):
        subscriber.run(agency.handle, transaction=agency.transaction, until_caught_up=True)

    table.must_hold(press)


def test_only_the_poison_is_set_aside_of_what_comes_in_one_transaction(
    kafka: Settings, broker: Broker, press: Press, table: Table
) -> None:
    press.print(60)
    take_in(kafka, press, table, 20, 41, 60)

    # The last record of its partition is poison. The table's place is before it, and the next run must not set it aside
    # again.
    take_in(kafka, press, table, 20, 41, 60)

    table.must_hold(press, without=(20, 41, 60))
    assert sorted(dead.sequence for dead in broker.read([f"{press.topic}.dead.{press.group}"])) == [20, 41, 60]


def test_whoever_is_stopped_finishes_what_is_under_way_and_leaves(kafka: Settings, press: Press, table: Table) -> None:
    with Load(press), running(kafka, table.database, press) as first:
        table.wait_for(50)
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
        assert members_of(kafka, press.group) == 0, "so that nobody waits for a session to end"
        with running(kafka, table.database, press) as second:
            table.wait_for(table.count() + 1)
            second.send_signal(signal.SIGINT)
            assert second.wait(20) == 0
    take_in(kafka, press, table)

    table.must_hold(press)
