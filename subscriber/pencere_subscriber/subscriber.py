"""The kit's main class: each event once, in order, and none without the one before it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, Self, TypeAlias

from pencere_subscriber.dead_letters import DeadLetters
from pencere_subscriber.errors import Poison, SubscriberError
from pencere_subscriber.event import Event
from pencere_subscriber.holding import Holding, Positions, Taken
from pencere_subscriber.membership import Group, consumer_of
from pencere_subscriber.reading import Reading
from pencere_subscriber.resetting import reset_group
from pencere_subscriber.settings import Settings
from pencere_subscriber.start import EARLIEST, Start
from pencere_subscriber.stopping import stopped_by_signals

Handle: TypeAlias = Callable[[Event], None]
Transaction: TypeAlias = Callable[[], AbstractContextManager[object]]


def topic_of(agency: str) -> str:
    """Return the topic of an agency's events."""
    return f"pencere.events.{agency}"


class Subscriber:
    """A reader of a topic, alone or in a group; use it as a context.

    Args:
        topic: what to read; see `topic_of`.
        group: the group whose places are stored, so that the next run goes on there. None: everything is read from the
            start, and no place is stored.
        settings: where Kafka is; read from the environment if not given.
        start: where to begin on a partition on which the group has no place yet.
        reset: begin there on every partition, whatever place the group has; refused while it has members.
        positions: returns the last sequences in the agency's own table, which then replace the broker's places.
        check: called with each event before it is handled; an exception stops the subscriber before that event.

    Raises:
        SubscriberError: see its subclasses.
        KafkaError: the broker refuses, or does not answer at the beginning. Later on, the subscriber waits for it.
    """

    def __init__(
        self,
        topic: str,
        group: Group | str | None = None,
        *,
        settings: Settings | None = None,
        start: Start = EARLIEST,
        reset: bool = False,
        positions: Positions | None = None,
        check: Handle = lambda _event: None,
    ) -> None:
        if reset and positions:
            raise SubscriberError("with positions the table says where to go on: empty it instead of a reset")
        settings = settings or Settings.read()
        group = Group(group) if isinstance(group, str) else group
        self._topic, self._group = topic, group.name if group else None
        self._dead = DeadLetters(settings, topic, group.name) if group else None
        self._aside: set[Event] = set()
        self._stopping = False
        if reset and group:
            reset_group(settings, topic, group.name, start)
        consumer = consumer_of(settings, group)
        self._holding = Holding(settings, consumer, start, positions, keeps=group is not None)
        self._reading = Reading(settings, consumer, self._holding, check, self._bury)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.close()
        if self._dead is not None:
            self._dead.close()

    def stop(self) -> None:
        """End soon: after the present event. SIGTERM and SIGINT do the same if the main thread reads."""
        self._stopping = True

    def run(self, handle: Handle, *, transaction: Transaction | None = None, until_caught_up: bool = False) -> None:
        """Call `handle` with each event until stopped. An event for which it raises Poison is set aside.

        Args:
            handle: what the agency does with an event.
            transaction: opens a transaction in the agency's own database. It then has many events; if one of them is
                poison, all are rolled back and handled again, each in a separate transaction.
            until_caught_up: end when all events that existed at the beginning are handled.
        """
        for batch in self._batches(until_caught_up=until_caught_up):
            if transaction is None or not self._handle_together(batch, handle, transaction):
                self._handle_singly(batch, handle, transaction or nullcontext)

    def batches(self, *, until_caught_up: bool = False) -> Iterator[list[Event]]:
        """Yield incoming events in batches, in order; a batch counts as handled when the next one is asked for."""
        for batch in self._batches(until_caught_up=until_caught_up):
            events = [taken.event for taken in batch if taken.event]
            if events:
                yield events
            self._mark(*batch)

    def __iter__(self) -> Iterator[Event]:
        """Yield event by event; an event counts as handled when the next one is asked for."""
        for batch in self._batches(until_caught_up=False):
            for taken in batch:
                if self._stopping:
                    break
                if taken.event:
                    yield taken.event
                self._mark(taken)

    def set_aside(self, event: Event, reason: str) -> None:
        """Write an event to the group's dead-letter topic; return when that is acknowledged.

        Raises:
            DeadLetterError: it is not acknowledged.
        """
        self._bury(event.record, reason)
        self._aside.add(event)

    def _batches(self, *, until_caught_up: bool) -> Iterator[list[Taken]]:
        with stopped_by_signals(self.stop):
            yield from self._reading.batches(
                self._topic, self._group, lambda: self._stopping, until_caught_up=until_caught_up
            )

    def _handle_together(self, batch: Sequence[Taken], handle: Handle, transaction: Transaction) -> bool:
        """Handle all or none of the events in one transaction; return whether they were handled."""
        events = [taken.event for taken in batch if taken.event]
        try:
            if events:
                with transaction():
                    for event in events:
                        handle(event)
        except Poison:
            return False
        # After a crash here the transaction is committed and no place is, but `positions` knows the last event.
        self._mark(*batch)
        return True

    def _handle_singly(self, batch: Sequence[Taken], handle: Handle, transaction: Transaction) -> None:
        for taken in batch:
            if self._stopping:
                return
            if taken.event:
                try:
                    with transaction():
                        handle(taken.event)
                except Poison as poison:
                    self.set_aside(taken.event, str(poison))
            self._mark(taken)

    def _mark(self, *done: Taken) -> None:
        for taken in done:
            self._holding.mark(taken, handled=taken.event not in self._aside)
        self._aside.difference_update(taken.event for taken in done if taken.event)

    def _bury(self, record: Any, reason: str) -> None:
        if self._dead is None:
            raise SubscriberError("only a group can set events aside; give it a name")
        self._dead.put(record, reason)
