"""A broker is killed and comes back: the agency's processes go on by themselves, nothing is lost or done twice.

The publisher here belongs to the tests and also sends rounds again. tests/kafka/faults covers the whole way.
"""

import gc
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.kafka_settings import KafkaSettings
from consumers.local_kafka.cluster import LocalKafka
from pencere_subscriber import Settings
from tests.kafka.subscriber.crew import Load, running
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.recording import TRUSTING, USUAL
from tests.kafka.subscriber.table import Table

# kafka-python leaves the sockets of failed connections to the garbage collector.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore:unclosed <socket:ResourceWarning", "ignore:.*<socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


@pytest.fixture(autouse=True)
def those_sockets() -> Iterator[None]:
    """Close them after everything else in the test. Some live until the session ends, where none may be open."""
    yield
    gc.collect()
    for one in gc.get_objects():
        if type(one) is socket.socket and one.fileno() >= 0 and is_of_a_try_that_failed(one):
            one.close()


def is_of_a_try_that_failed(one: socket.socket) -> bool:
    """Return whether the socket neither listens nor is connected."""
    try:
        one.getpeername()
    except OSError:
        return not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return False


@pytest.fixture
def brokers(kafka_folder: Path, request: pytest.FixtureRequest) -> Iterator[LocalKafka]:
    """Brokers that a test may kill, because nobody else uses them."""
    with LocalKafka(kafka_folder, brokers=getattr(request, "param", 1)) as started:
        yield started


def kill_and_restart(brokers: LocalKafka, table: Table, times: int, manner: str) -> None:
    """Kill brokers in turn under load; return the longest time in which nothing came."""
    kafka = Settings(brokers.bootstrap_servers)
    count = len(brokers.bootstrap_servers.split(","))
    press = Press(KafkaSettings(brokers.bootstrap_servers))
    with Load(press), running(kafka, table.database, press, manner=manner):
        for turn in range(times):
            number = turn % count + 1
            table.wait_for(table.count() + 100)
            brokers.kill(number)
            brokers.start(number)
            table.wait_for(table.count() + 100)
            brokers.wait_until_ready()
    with running(kafka, table.database, press, manner=manner):
        table.wait_for(len(press.printed))
    press.close()
    print(f"{times} times: events flowed again after {table.longest_pause(0):.1f} s at most")

    table.must_hold(press)


@pytest.mark.parametrize("manner", [USUAL, TRUSTING])
def test_a_broker_is_killed_ten_times_under_load(brokers: LocalKafka, table: Table, manner: str) -> None:
    kill_and_restart(brokers, table, 10, manner)


@pytest.mark.parametrize("brokers", [3], indirect=True)
def test_each_of_three_brokers_is_killed_twice_under_load(brokers: LocalKafka, table: Table) -> None:
    kill_and_restart(brokers, table, 6, USUAL)
