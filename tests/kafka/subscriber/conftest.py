"""A topic for each test, and the settings by which the kit finds it."""

from collections.abc import Iterator

import pytest

from pencere_subscriber import Settings
from tests.kafka.subscriber.press import Press
from tests.kafka.topics import Broker


@pytest.fixture
def kafka(broker: Broker) -> Settings:
    """Where Kafka is, as an agency says it."""
    return Settings(*broker.settings)


@pytest.fixture
def press(broker: Broker) -> Iterator[Press]:
    """A topic of this test alone."""
    printing = Press(broker.settings)
    yield printing
    printing.close()
