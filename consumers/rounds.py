"""What one round of publishing sends: records with their numbers, and how the numbers stand afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from kafka.partitioner.default import murmur2

from consumers.kafka_settings import AUDIT, LEDGER, topic_of
from ledger.cloud_events import attributes, media_type
from ledger.entry_bytes import packed
from ledger.records import StoredEntry

MOST_BYTES = 6 << 20  # with the event after it, less than a batch of the producer; each round waits for two flushes
_LOOK = "look.recorded"
_OVERHEAD = 700  # bytes of headers and key, about


class Record(NamedTuple):
    """A record to send."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp_ms: int


class Round(NamedTuple):
    """Records in order, the position after them, and the numbers that have changed."""

    records: list[Record]
    position: int
    changed: dict[str, int]


class Numbers:
    """Gives records their numbers, and goes on from those that were given before.

    Args:
        known: the numbers as of the committed position.
        partitions: topic -> how many partitions it has.
        with_ledger: whether replicas of our own are fed too.
    """

    def __init__(self, known: Mapping[str, int], partitions: Mapping[str, int], *, with_ledger: bool) -> None:
        self._known, self._partitions, self._with_ledger = dict(known), partitions, with_ledger

    def rounds(self, entries: Sequence[StoredEntry]) -> Iterator[Round]:
        """Return the rounds for these entries: in each, what a partition gets fits into one batch of the producer."""
        records: list[Record] = []
        changed: dict[str, int] = {}
        size = 0
        for entry in entries:
            if size > MOST_BYTES:
                yield Round(records, entry.position - 1, changed)
                records, changed, size = [], {}, 0
            for record in self._records(entry, changed):
                records.append(record)
                size += len(record.value) + _OVERHEAD
        if entries:
            yield Round(records, entries[-1].position, changed)

    def _records(self, entry: StoredEntry, changed: dict[str, int]) -> Iterator[Record]:
        document = _document(entry)
        key = str(_case_of(entry, document)).encode()
        hashed = murmur2(key) & 0x7FFFFFFF
        common = [(f"ce_{name}", value.encode()) for name, value in attributes(entry).items()]
        common += [("ce_partitionkey", key), ("content-type", media_type(entry).encode())]
        for agency in dict.fromkeys(document.get("agencies", ())):
            sequence = self._known.get(agency, 0) + 1
            self._known[agency] = changed[agency] = sequence
            yield self._record(topic_of(agency), hashed, sequence, key, common, entry, changed)
        yield self._record(AUDIT, hashed, entry.position, key, common, entry, changed)
        if self._with_ledger:
            partition = hashed % self._count(LEDGER, changed)
            yield Record(LEDGER, partition, key, packed(entry), [], entry.recorded_at // 1000)

    def _record(
        self,
        topic: str,
        hashed: int,
        sequence: int,
        key: bytes,
        common: list[tuple[str, bytes]],
        entry: StoredEntry,
        changed: dict[str, int],
    ) -> Record:
        partition = hashed % self._count(topic, changed)
        place = f"{topic}/{partition}"
        previous = self._known.get(place, 0)
        self._known[place] = changed[place] = sequence
        numbers = [("ce_sequence", b"%d" % sequence), ("ce_previous", b"%d" % previous)]
        return Record(topic, partition, key, entry.open, common + numbers, entry.recorded_at // 1000)

    def _count(self, topic: str, changed: dict[str, int]) -> int:
        """Return how many partitions the topic has, which must be as many as when its first record was sent."""
        count = self._partitions[topic]
        pinned = f"{topic}#"
        if pinned not in self._known:
            self._known[pinned] = changed[pinned] = count
        elif self._known[pinned] != count:
            raise PartitionsChangedError(topic, self._known[pinned], count)
        return count


class PartitionsChangedError(Exception):
    """A topic has got more partitions: a case's events would go on elsewhere, and nobody could tell their order."""

    def __init__(self, topic: str, before: int, now: int) -> None:
        super().__init__(f"{topic} has {now} partitions and had {before}: give its events to a new topic instead")


def agencies_of(entries: Sequence[StoredEntry]) -> set[str]:
    """Return the agencies that these entries concern."""
    return {agency for entry in entries for agency in _document(entry).get("agencies", ())}


def _document(entry: StoredEntry) -> dict[str, Any]:
    try:
        document = orjson.loads(entry.open)
    except orjson.JSONDecodeError:  # of another application on the same ledger
        return {}
    return document if isinstance(document, dict) else {}


def _case_of(entry: StoredEntry, document: dict[str, Any]) -> UUID | str:
    """Return what keeps its order: a case with the looks at it, or the stream."""
    if entry.topic == _LOOK:
        return str(document["data"]["case_id"])
    return entry.stream
