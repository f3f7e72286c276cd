"""The table of faults of publishers, brokers and subscribers, while events come."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeAlias

import psycopg

from tests.kafka.faults.world import World, until
from tests.kafka.publishing import published

Fault: TypeAlias = Callable[[World], None]
_SENDERS = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1869968482
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # of ledger/channels/outbox.py


def the_publisher_is_killed(world: World) -> None:
    world.publisher.kill()
    world.publisher.wait()
    world.publisher = world.begin_publisher()


def a_second_publisher_is_started_by_mistake(world: World) -> None:
    """It stands by, and takes over when the first one dies."""
    second = world.begin_publisher()
    with psycopg.connect(world.where.reader, autocommit=True) as reader:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pencere outbox kafka'"
        until(lambda: reader.execute(waiting).fetchone() == (2,))
        world.flows()
        assert len(reader.execute(_SENDERS).fetchall()) == 1
    assert second.poll() is None
    world.publisher.kill()
    world.publisher.wait()
    world.publisher = second


def the_publishers_session_is_ended(world: World) -> None:
    with psycopg.connect(world.where.projector, autocommit=True) as projector:
        until(lambda: projector.execute(_SENDERS).fetchone() is not None)  # events of an earlier session still flow
        [(pid,)] = projector.execute(_SENDERS).fetchall()
        projector.execute("SELECT pg_terminate_backend(%s)", [pid])


def a_subscriber_is_killed(world: World) -> None:
    """Each agency's subscriber is killed, and another one is started."""
    for agency in world.agencies:
        agency.kill()
        agency.begin()


def members_come_and_go(world: World) -> None:
    """Each agency has a second process for a while: partitions change hands twice."""
    with ExitStack() as seconds:
        for agency in world.agencies:
            agency.table.wait_for_member(seconds.enter_context(agency.second_member()))
        world.flows()


def a_broker_is_killed_and_restarted(world: World) -> None:
    number = world.random.choice(world.broker_numbers)
    killed_at = time.monotonic()
    world.brokers.kill(number)
    world.brokers.start(number)
    world.brokers.wait_until_ready()
    if len(world.broker_numbers) == 1:  # else the others go on
        world.outages.append(time.monotonic() - killed_at)


def a_broker_that_leads_is_away_for_a_while(world: World) -> None:
    """It is one of three. The others take over its partitions, and events flow meanwhile."""
    number = world.random.choice(world.broker_numbers)
    world.brokers.kill(number)
    world.flows()
    world.brokers.start(number)
    world.brokers.wait_until_ready()


def postgres_is_restarted(world: World) -> None:
    before = published(world.where)
    world.postgres.ledger.restart()
    until(lambda: published(world.where) > before)


OF_ONE_BROKER: tuple[Fault, ...] = (
    the_publisher_is_killed,
    a_second_publisher_is_started_by_mistake,
    the_publishers_session_is_ended,
    a_subscriber_is_killed,
    members_come_and_go,
    a_broker_is_killed_and_restarted,
    postgres_is_restarted,
)
