"""Members come and go under load: nothing is missing, nothing is handled twice, and the chain is checked throughout."""

import pytest

from pencere_subscriber import Settings
from tests.kafka.subscriber.crew import Load, running
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.recording import TRUSTING, USUAL
from tests.kafka.subscriber.table import Table


def join_and_leave(kafka: Settings, press: Press, table: Table, rounds: int, manner: str) -> None:
    """Let a second and a third member join, take their share, and leave, again and again."""
    with Load(press), running(kafka, table.database, press, manner=manner):
        table.wait_for(200)
        for _ in range(rounds):
            with running(kafka, table.database, press, manner=manner) as second:
                table.wait_for_member(second.pid)
                with running(kafka, table.database, press, manner=manner) as third:
                    table.wait_for_member(third.pid)
                table.wait_for(table.count() + 200)
        table.wait_for(table.count() + 200)
    with running(kafka, table.database, press, manner=manner):
        table.wait_for(len(press.printed))

    assert len(table.members()) >= 2 * rounds + 1
    table.must_hold(press)


def test_members_come_and_go_under_load_and_only_kafka_keeps_their_places(
    kafka: Settings, press: Press, table: Table
) -> None:
    join_and_leave(kafka, press, table, 1, TRUSTING)


@pytest.mark.slow
@pytest.mark.parametrize("manner", [USUAL, TRUSTING])
def test_members_come_and_go_ten_times_under_load(kafka: Settings, press: Press, table: Table, manner: str) -> None:
    join_and_leave(kafka, press, table, 10, manner)
