"""Whatever breaks between ledger and agency, no event is lost, doubled or out of order, and events flow again."""

from collections.abc import Iterator

import pytest

from tests.kafka.faults.judging import Losses, Row, losses, through
from tests.kafka.faults.rows import (
    OF_ONE_BROKER,
    Fault,
    a_broker_is_killed_and_restarted,
    a_broker_that_leads_is_away_for_a_while,
    the_publisher_is_killed,
)
from tests.kafka.faults.world import World, world_of
from tests.kafka.subscriber.table import Told

_WITHIN = 20.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(1, tmp_path_factory.mktemp("one"), 71) as made:
        yield made


@pytest.fixture(scope="module")
def world_of_three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(3, tmp_path_factory.mktemp("three"), 73) as made:
        yield made


def must_hold(row: Row) -> None:
    print(row)

    assert row.losses == Losses(), row
    assert row.pause < _WITHIN, row


@pytest.mark.parametrize("fault", OF_ONE_BROKER, ids=lambda fault: fault.__name__)
def test_a_fault_costs_no_event_and_events_flow_again(world: World, fault: Fault) -> None:
    must_hold(through(world, fault))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", OF_ONE_BROKER, ids=lambda fault: fault.__name__)
def test_a_fault_ten_times_costs_no_event(world: World, fault: Fault) -> None:
    must_hold(through(world, fault, 20 if fault is the_publisher_is_killed else 10))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "fault",
    [a_broker_that_leads_is_away_for_a_while, a_broker_is_killed_and_restarted],
    ids=lambda fault: fault.__name__,
)
def test_of_three_brokers_each_may_die(world_of_three: World, fault: Fault) -> None:
    must_hold(through(world_of_three, fault, 6))


def test_what_is_lost_doubled_or_out_of_order_is_counted() -> None:
    feed = [(1, 10), (2, 11), (3, 15), (4, 16)]

    assert losses([Told(1, "a", 10), Told(2, "a", 11), Told(3, "b", 15), Told(4, "a", 16)], feed) == Losses()
    assert losses([Told(1, "a", 10), Told(2, "a", 11), Told(4, "a", 16)], feed) == Losses(lost=1)
    assert losses([Told(1, "a", 10), Told(2, "a", 11), *[Told(3, "b", 15)] * 2, Told(4, "a", 16)], feed) == Losses(
        twice=1
    )
    assert losses([Told(2, "a", 11), Told(1, "a", 10), Told(3, "b", 15), Told(4, "a", 16)], feed) == Losses(
        out_of_order=1
    )
    assert losses([Told(1, "a", 10), Told(2, "a", 12), Told(3, "b", 15), Told(4, "a", 16)], feed) == Losses(wrong=1)
