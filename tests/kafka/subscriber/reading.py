"""An agency that reads until it has caught up, and keeps the received events."""

from collections.abc import Callable
from typing import Any

from pencere_subscriber import Event, Settings, Subscriber
from tests.kafka.subscriber.press import Press


def read(kafka: Settings, press: Press, **options: Any) -> list[Event]:
    """Return the events of one run, up to the last record that exists when it begins."""
    found: list[Event] = []
    read_into(kafka, press, found.append, **options)
    return found


def read_into(kafka: Settings, press: Press, handle: Callable[[Event], None], **options: Any) -> None:
    """Collect the events of one run, up to the last record that exists when it begins."""
    asked = {"group": press.group, "settings": kafka, **options}
    with Subscriber(press.topic, **asked) as subscriber:
        subscriber.run(handle, until_caught_up=True)


def sequences(events: list[Event]) -> list[int]:
    """Return the numbers of events in the order of the whole topic, not of its partitions."""
    return sorted(event.sequence for event in events)
