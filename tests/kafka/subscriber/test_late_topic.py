"""A subscriber may start before its topic exists: it reads the topic when it is created."""

import threading
import time
from contextlib import suppress

import pytest
from kafka import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError

from pencere_subscriber import Event, Settings, Subscriber, reading, topic_of
from tests.kafka.subscriber.press import Press
from tests.kafka.topics import Broker


def wait_until_joined(broker: Broker, group: str) -> None:
    admin = KafkaAdminClient(**broker.settings.client())
    give_up_at, state = time.monotonic() + 30, ""
    try:
        while state != "Stable":
            assert time.monotonic() < give_up_at
            with suppress(CoordinatorNotAvailableError):  # the first group of a new broker
                state = admin.describe_groups([group])[group]["group_state"]
    finally:
        admin.close()


@pytest.mark.parametrize("poll", [1, 100])
def test_a_topic_that_comes_later_is_read_however_slowly_the_group_takes_it_up(
    kafka: Settings, broker: Broker, monkeypatch: pytest.MonkeyPatch, poll: int
) -> None:
    """With a poll of one millisecond, the group's answer always comes after the poll that asked for it."""
    monkeypatch.setattr(reading, "_POLL_MS", poll)
    agency = f"late-{time.time_ns()}"
    found: list[Event] = []
    with Subscriber(topic_of(agency), f"agency-{agency}", settings=kafka) as subscriber:
        thread = threading.Thread(target=subscriber.run, args=[found.append])
        thread.start()
        try:
            wait_until_joined(broker, f"agency-{agency}")
            press = Press(broker.settings, agency)
            press.print(20)
            give_up_at = time.monotonic() + 30
            while len(found) < 20 and time.monotonic() < give_up_at:
                time.sleep(0.01)  # between two checks
            press.close()
        finally:
            subscriber.stop()
            thread.join()

    assert sorted(event.sequence for event in found) == list(range(1, 21))
