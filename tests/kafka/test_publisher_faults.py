"""Publishers that are killed, stopped and doubled, a broker that is killed: nothing lost, nothing out of order."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import psycopg
import pytest

from consumers.kafka_settings import KafkaSettings
from consumers.local_kafka.cluster import LocalKafka
from tests.api.running import Where
from tests.kafka.publishing import growing, log_and_feeds, published, published_beyond, publisher
from tests.kafka.topics import Broker
from tests.kafka.verdict import Verdict, judge
from tests.projections.lives import Country


async def ended(where: Where, broker: Broker) -> Verdict:
    """Return the verdict when everything that is there is published."""
    entries, feeds = await log_and_feeds(where)
    with publisher(where, broker.settings):
        await published_beyond(where, entries[-1].position - 1)
    return await asyncio.to_thread(judge, broker, entries, feeds)


async def killed(where: Where, broker: Broker, times: int, seed: int) -> Verdict:
    random = Random(seed)
    async with growing(where, Country(seed)):
        for _ in range(times):
            before = await asyncio.to_thread(published, where)
            with publisher(where, broker.settings) as process:
                await published_beyond(where, before + random.randrange(200))
                process.kill()
    return await ended(where, broker)


def test_a_publisher_killed_again_and_again_loses_nothing_and_repeats_only_what_it_has_said(
    where: Where, broker: Broker
) -> None:
    broker.forget()

    verdict = asyncio.run(killed(where, broker, 5, 41))

    assert verdict.records > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_publisher_killed_twenty_times_loses_nothing(where: Where, broker: Broker, seed: int) -> None:
    broker.forget()

    verdict = asyncio.run(killed(where, broker, 20, 500 + seed))

    assert verdict.records > 1000


def test_of_two_publishers_one_stands_by_and_takes_over_within_seconds(where: Where, broker: Broker) -> None:
    broker.forget()

    async def scenario() -> tuple[int, float, Verdict]:
        async with growing(where, Country(42)):
            with publisher(where, broker.settings) as first, publisher(where, broker.settings):
                await published_beyond(where, 100)
                with psycopg.connect(where.reader) as reader:
                    [(holders,)] = reader.execute(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1869968482"
                        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    ).fetchall()
                first.kill()
                first.wait()
                began, at = time.monotonic(), await asyncio.to_thread(published, where)
                await published_beyond(where, at + 1)
                took = time.monotonic() - began
        return holders, took, await ended(where, broker)

    holders, took, verdict = asyncio.run(scenario())

    assert holders == 1
    assert took < 10
    assert verdict.records > 100


Fault = Callable[[LocalKafka, Where, Random], Awaitable[None]]


async def a_broker_is_killed_and_comes_back(kafka: LocalKafka, where: Where, _: Random) -> None:
    kafka.kill(1)
    kafka.start(1)
    await asyncio.to_thread(kafka.wait_until_ready)
    await published_beyond(where, await asyncio.to_thread(published, where) + 50)


async def the_leader_is_killed(kafka: LocalKafka, where: Where, random: Random) -> None:
    number = random.randrange(1, 4)
    kafka.kill(number)
    await published_beyond(where, await asyncio.to_thread(published, where) + 50)
    kafka.start(number)
    await asyncio.to_thread(kafka.wait_until_ready)


async def broken(where: Where, kafka: LocalKafka, fault: Fault, times: int, seed: int) -> Verdict:
    broker, random = Broker(KafkaSettings(kafka.bootstrap_servers)), Random(seed)
    async with growing(where, Country(seed)):
        with publisher(where, broker.settings):
            await published_beyond(where, 50)
            for _ in range(times):
                await fault(kafka, where, random)
    return await ended(where, broker)


def test_a_broker_that_is_killed_and_comes_back_has_everything_once_and_in_order(
    where: Where, kafka_folder: Path
) -> None:
    with LocalKafka(kafka_folder) as kafka:
        verdict = asyncio.run(broken(where, kafka, a_broker_is_killed_and_comes_back, 1, 43))

    assert verdict.records > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_three_brokers_whose_leaders_are_killed_have_everything_once_and_in_order(
    where: Where, kafka_folder: Path, seed: int
) -> None:
    with LocalKafka(kafka_folder, brokers=3) as kafka:
        verdict = asyncio.run(broken(where, kafka, the_leader_is_killed, 6, 600 + seed))

    assert verdict.records > 200


def test_sessions_of_the_publisher_that_end_are_begun_anew(where: Where, broker: Broker) -> None:
    broker.forget()

    def end_sessions() -> None:
        with psycopg.connect(where.projector, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pencere outbox kafka'"
                " AND datname = current_database()"
            )

    async def scenario() -> Verdict:
        async with growing(where, Country(44)):
            with publisher(where, broker.settings):
                for _ in range(4):
                    at = await asyncio.to_thread(published, where)
                    await published_beyond(where, at + 20)
                    await asyncio.to_thread(end_sessions)
        return await ended(where, broker)

    verdict = asyncio.run(scenario())

    assert verdict.records > 100
