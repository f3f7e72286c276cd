"""The partitions that a process holds, and its place on each of them."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError

from pencere_subscriber.event import Event, Numbers, UnreadableError, event_of
from pencere_subscriber.finding import Finder
from pencere_subscriber.place import Place
from pencere_subscriber.settings import Settings
from pencere_subscriber.start import Start

_PATIENCE_MS = 5000
_log = logging.getLogger(__name__)

Positions = Callable[[Sequence[int]], Mapping[int, int]]
"""Returns, for given partitions, the last sequence in the agency's own table, if there is one."""


class Taken(NamedTuple):
    """A record that was read: the place after it, and the event, unless the record is a repetition or unreadable."""

    partition: TopicPartition
    place: Place
    event: Event | None = None
    unreadable: str | None = None
    record: Any = None


class Holding(ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python ships no types
    """The partitions of a topic that this process holds.

    The listener's methods are called inside `poll`, while the group is balanced, on a thread that may not wait. So they
    pause a new partition, and `settle` gives it its place afterwards.

    Args:
        settings: where Kafka is.
        consumer: reads the topic.
        start: where to begin on a partition that has no place yet.
        positions: returns the last sequence in the agency's own table, if the agency has one.
        keeps: whether places are committed.
    """

    def __init__(
        self, settings: Settings, consumer: KafkaConsumer, start: Start, positions: Positions | None, *, keeps: bool
    ) -> None:
        self._settings, self._consumer, self._keeps = settings, consumer, keeps
        self._start, self._positions = start, positions
        self._fresh: set[TopicPartition] = set()
        self._read: dict[TopicPartition, Place] = {}
        self._handled: dict[TopicPartition, Place] = {}
        self._uncommitted: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Hold partitions back until they have their places."""
        for partition in assigned:
            self._consumer.pause(partition)
            # Any place, so that the client looks none up: nothing is read from it, because the partition is paused.
            self._consumer.seek(partition, 0)
            self._fresh.add(partition)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget partitions. Handled records were committed before the poll, if the partitions were still ours then."""
        for partition in revoked:
            self._fresh.discard(partition)
            self._uncommitted.discard(partition)
            self._read.pop(partition, None)
            self._handled.pop(partition, None)

    def settle(self) -> None:
        """Give new partitions their places, and begin to read them."""
        if not self._fresh:
            return
        fresh = sorted(self._fresh)
        known = self._positions([each.partition for each in fresh]) if self._positions else None
        with Finder(self._settings) as finder:
            for partition in fresh:
                table = known.get(partition.partition, 0) if known is not None else None
                kept = self._committed(partition, table)
                place = self._place(finder, partition, kept, table)
                self._read[partition] = self._handled[partition] = place
                if place != kept:
                    # A start in the middle is committed at once: a crash before the first event must not move it.
                    self._uncommitted.add(partition)
                self._consumer.seek(partition, place.offset)
                self._consumer.resume(partition)
                self._fresh.discard(partition)
        self.commit()

    def take(self, partition: TopicPartition, record: Any) -> Taken:
        """Move the place behind a record.

        Raises:
            GapError: a record is missing before it.
        """
        before, numbers = self._read[partition], Numbers.of(record.headers)
        place = self._read[partition] = before.after(record.topic, record.partition, record.offset, numbers)
        if numbers is None:
            return Taken(partition, place, unreadable="no ce_sequence and ce_previous", record=record)
        if before.has_seen(numbers):
            return Taken(partition, place)
        try:
            return Taken(partition, place, event=event_of(record, numbers))
        except UnreadableError as error:
            return Taken(partition, place, unreadable=str(error), record=record)

    def mark(self, taken: Taken, *, handled: bool) -> None:
        """Note that a record is finished: handled or skipped."""
        before = self._handled[taken.partition]
        sequence = taken.event.sequence if handled and taken.event else before.handled
        self._handled[taken.partition] = replace(taken.place, handled=sequence)
        self._uncommitted.add(taken.partition)

    def commit(self) -> None:
        """Commit the places at the broker; failed commits are tried again, unless the partition is lost.

        After a crash before this, the records are read again; agencies that store no places handle them again.
        """
        if not (self._uncommitted and self._keeps):
            return
        offsets = {
            partition: OffsetAndMetadata(place.offset, place.metadata(), -1)
            for partition, place in self._handled.items()
            if partition in self._uncommitted
        }
        try:
            self._consumer.commit(offsets, timeout_ms=_PATIENCE_MS)
        except (RebalanceInProgressError, CommitFailedError) as error:
            _log.info("places are not committed yet: %s", error)
        except KafkaError as error:
            if not error.retriable:
                raise
            _log.warning("places are not committed yet: %s", error)
        else:
            self._uncommitted.clear()

    def is_past(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Return whether everything before these offsets is finished, here or by another member of the group."""
        if any(place.offset < ends.get(partition, 0) for partition, place in self._handled.items()):
            return False
        elsewhere = [partition for partition, end in ends.items() if end and partition not in self._handled]
        if elsewhere and not self._keeps:
            return False
        return all((self._consumer.committed(partition) or 0) >= ends[partition] for partition in elsewhere)

    def _committed(self, partition: TopicPartition, table: int | None) -> Place | None:
        if not self._keeps:
            return None
        kept = self._consumer.committed(partition, metadata=True, timeout_ms=_PATIENCE_MS)
        if kept is None:
            return None
        place = Place.read(kept.offset, kept.metadata)
        if place is None and not table:
            # Somebody has set the offset with one of Kafka's tools: accept the first record there as it is.
            return Place.beginning(kept.offset)
        return place

    def _place(self, finder: Finder, partition: TopicPartition, kept: Place | None, table: int | None) -> Place:
        """Return the place to begin at: the agency's table's, else the group's, else the start."""
        if kept is None:
            if not table:
                return Place.beginning(finder.first(partition, self._start))
            offset = finder.after(partition, table)
            return Place(offset, table, certain=True, handled=table, began=offset)
        if table is None or table == kept.handled:
            return kept
        if table > kept.handled:
            # After a crash between handling and committing: records in between are read again, as repetitions.
            return replace(kept, sequence=max(table, kept.sequence), certain=table > kept.sequence, handled=table)
        if table == 0:
            return Place.beginning(kept.began)  # the table was emptied
        # The table is older than the group's place: it was restored from a backup.
        return replace(kept, offset=finder.after(partition, table), sequence=table, certain=True, handled=table)
