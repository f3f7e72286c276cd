"""Reads a topic record by record, and stops at a missing one."""

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

_POLL_MS = 100  # partitions that were assigned meanwhile get their places after this
_CLOSE_MS = 5000
_PAUSE = 0.2
_log = logging.getLogger(__name__)


class Reading:
    """A topic being read.

    Args:
        settings: where Kafka is.
        consumer: reads the topic; it is closed with this object.
        holding: the partitions and places of this process.
        check: called with each event; an exception from it stops the reading before that event.
        bury: called with each unreadable record, and the reason.
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
        """Commit the places and leave the group."""
        # Places are committed even after another failure; that failure is more important than one here.
        with suppress(KafkaError):
            self._holding.commit()
        self._consumer.close(timeout_ms=_CLOSE_MS)

    def batches(
        self, topic: str, group: str | None, is_over: Callable[[], bool], *, until_caught_up: bool
    ) -> Iterator[list[Taken]]:
        """Yield incoming records, batch by batch; records marked in one batch are committed before the next.

        Raises:
            SubscriberError: see its subclasses; earlier records are yielded first.
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
        """Ask for partitions; return their present ends, for callers that want to stop there."""
        if group is not None:
            self._consumer.subscribe([topic], listener=self._holding)
            if not until_caught_up:
                return None  # the topic does not exist yet: wait for it
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
        """Return the records that may be handled, and the error that stops the reading after them."""
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
        except Exception as failure:  # noqa: BLE001 - raised when the records before it are handled
            return batch, failure
        return batch, None
