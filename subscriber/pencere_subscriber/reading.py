"""Reads a topic record by record, and lets nobody step over one that is missing."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from pencere_subscriber.errors import NoTopicError, PlaceGoneError
from pencere_subscriber.event import Event
from pencere_subscriber.finding import Finder
from pencere_subscriber.holding import Holding, Taken
from pencere_subscriber.membership import finish_joining
from pencere_subscriber.settings import Settings

_POLL_MS = 100  # what has been assigned meanwhile is settled after this
_CLOSE_MS = 5000
_PAUSE = 0.2
_log = logging.getLogger(__name__)


class Reading:
    """A topic being read.

    Args:
        settings: where Kafka is.
        consumer: what reads; it is closed with this.
        holding: where we stand.
        check: called with each event; what it raises stops the reading before that event.
        bury: called with each record that cannot be read, and why.
    """

    def __init__(
        self,
        settings: Settings,
        consumer: KafkaConsumer,
        holding: Holding,
        check: Callable[[Event], None],
        bury: Callable[[Any, str], None],
    ) -> None:
        self._settings, self._consumer, self._holding = settings, consumer, holding
        self._check, self._bury = check, bury

    def close(self) -> None:
        """Have the places kept and leave the group."""
        # What is handled is kept even when something else has failed; that failure is more important than one here.
        with suppress(KafkaError):
            self._holding.commit()
        self._consumer.close(timeout_ms=_CLOSE_MS)

    def batches(
        self, topic: str, group: str | None, is_over: Callable[[], bool], *, until_caught_up: bool
    ) -> Iterator[list[Taken]]:
        """Give out what has come, a batch after the other; what is marked of one is committed before the next.

        Raises:
            SubscriberError: see its subclasses; what came before is given out first.
        """
        ends = self._begin(topic, group, until_caught_up=until_caught_up)
        while not is_over():
            records = self._polled()
            batch, failure = self._taken(records)
            yield batch
            self._holding.commit()
            if failure is not None:
                raise failure
            if ends is not None and self._holding.is_past(ends):
                return

    def _begin(self, topic: str, group: str | None, *, until_caught_up: bool) -> Mapping[TopicPartition, int] | None:
        """Ask for partitions; return where they end now, for whoever wants no more than that."""
        if group is not None:
            self._consumer.subscribe([topic], listener=self._holding)
            if not until_caught_up:
                return None  # a topic that is not there yet is waited for
        with Finder(self._settings) as finder:
            partitions = finder.partitions(topic)
            if not partitions:
                raise NoTopicError(topic)
            if group is None:
                self._consumer.assign(partitions)
                self._holding.on_partitions_assigned(partitions)
            return finder.ends(partitions) if until_caught_up else None

    def _polled(self) -> Mapping[TopicPartition, Sequence[Any]]:
        try:
            records: Mapping[TopicPartition, Sequence[Any]] = self._consumer.poll(timeout_ms=_POLL_MS)
            finish_joining(self._consumer)
        except OffsetOutOfRangeError as error:
            raise PlaceGoneError(error.args[0]) from error
        except KafkaError as error:
            if not error.retriable:
                raise
            _log.warning("nothing is read: %s", error)
            time.sleep(_PAUSE)  # back-off while the broker is away
            return {}
        try:
            self._holding.settle()
        except KafkaError as error:
            if not error.retriable:
                raise
            _log.warning("what has been assigned cannot be read yet: %s", error)
        return records

    def _taken(self, records: Mapping[TopicPartition, Sequence[Any]]) -> tuple[list[Taken], Exception | None]:
        """Return what may be handled, and what stops the reading after that."""
        batch: list[Taken] = []
        try:
            for partition, found in records.items():
                for record in found:
                    taken = self._holding.take(partition, record)
                    if taken.event:
                        self._check(taken.event)
                    elif taken.unreadable:
                        self._bury(record, taken.unreadable)
                    batch.append(taken)
        except Exception as failure:  # noqa: BLE001 - raised when what came before it is handled
            return batch, failure
        return batch, None
