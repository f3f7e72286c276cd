"""Finds the offset at which to begin: the numbers of the chain rise with the offsets of a partition."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from pencere_subscriber.event import Numbers
from pencere_subscriber.settings import Settings
from pencere_subscriber.start import Start

_PATIENCE = 30.0


class Finder:
    """Looks records up, separately from the consumer that reads them in order."""

    def __init__(self, settings: Settings) -> None:
        self._consumer = KafkaConsumer(
            **settings.client(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            allow_auto_create_topics=False,
            max_partition_fetch_bytes=1 << 16,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def partitions(self, topic: str) -> list[TopicPartition]:
        """Return the partitions of a topic; none when the topic does not exist."""
        return [TopicPartition(topic, number) for number in sorted(self._consumer.partitions_for_topic(topic))]

    def ends(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offsets that the next records will have."""
        found: dict[TopicPartition, int] = self._consumer.end_offsets(partitions)
        return found

    def first(self, partition: TopicPartition, start: Start) -> int:
        """Return the offset of the first record that a subscription with this start gets."""
        position = start.position
        if position is not None:
            return self._search(partition, lambda record: _number(record, "ce_position") >= position)
        if start.moment is not None:
            moment = max(0, int(start.moment.timestamp() * 1000))
            found = self._consumer.offsets_for_times({partition: moment})[partition]
            return self._end(partition) if found is None else int(found.offset)
        return self._end(partition) if start.latest else self._begin(partition)

    def after(self, partition: TopicPartition, sequence: int) -> int:
        """Return the offset of the record that follows a sequence, or of a repetition shortly before it."""
        return self._search(partition, lambda record: _number(record, "ce_sequence") > sequence)

    def _search(self, partition: TopicPartition, is_beyond: Callable[[Any], bool]) -> int:
        """Return an offset whose record is beyond the wanted number, and whose predecessor is not.

        Numbers fall only where a round was sent again, and otherwise rise along the chain. So whichever pair of records
        the search ends at, the second one (or the end) follows the wanted record, or the round comes again later.
        """
        low, high = self._begin(partition), self._end(partition)
        while low < high:
            middle = (low + high) // 2
            record = self._numbered(partition, middle, high)
            if record is None or is_beyond(record):
                high = middle
            else:
                low = record.offset + 1
        return low

    def _numbered(self, partition: TopicPartition, offset: int, end: int) -> Any:
        """Return the first record with numbers from an offset on; None when there is none before an end."""
        while offset < end:
            record = self._record(partition, offset)
            if Numbers.of(record.headers) is not None:
                return record if record.offset < end else None
            offset = record.offset + 1
        return None

    def _record(self, partition: TopicPartition, offset: int) -> Any:
        self._consumer.assign([partition])
        self._consumer.seek(partition, offset)
        give_up_at = time.monotonic() + _PATIENCE
        while time.monotonic() < give_up_at:
            for records in self._consumer.poll(timeout_ms=500, max_records=1).values():
                return records[0]
        raise KafkaTimeoutError(f"{partition} does not give its record at {offset}")

    def _begin(self, partition: TopicPartition) -> int:
        return int(self._consumer.beginning_offsets([partition])[partition])

    def _end(self, partition: TopicPartition) -> int:
        return self.ends([partition])[partition]


def _number(record: Any, header: str) -> int:
    """Return a number of a record; 0 when it has no valid one."""
    try:
        return int(dict(record.headers)[header])
    except (KeyError, ValueError):
        return 0
