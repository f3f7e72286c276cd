"""One round of publishing: records with their numbers, and the numbers after it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kafka.partitioner.default import murmur2

from consumers.kafka_settings import AUDIT, LEDGER, topic_of
from ledger.published.cloud_events import attributes, media_type
from ledger.published.concerning import Read, numbered
from ledger.store.entries import StoredEntry
from ledger.store.entry_bytes import packed

MOST_BYTES = 7 << 20  # less than a batch of the producer, however the partitions are chosen
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
    """Gives records their numbers, and goes on from the last numbers.

    Args:
        known: the numbers as of the committed position.
        partitions: topic -> how many partitions it has.
        with_ledger: whether our own replicas are fed too.
    """

    def __init__(self, known: Mapping[str, int], partitions: Mapping[str, int], *, with_ledger: bool) -> None:
        self._known, self._partitions, self._with_ledger = dict(known), partitions, with_ledger

    def rounds(self, entries: Sequence[Read]) -> Iterator[Round]:
        """Return the rounds for these entries: the records for a partition fit into one batch of the producer."""
        records: list[Record] = []
        changed: dict[str, int] = {}
        size = 0
        for each in entries:
            more = self._bytes_of(each)
            if records and size + more > MOST_BYTES:
                yield Round(records, each.entry.position - 1, changed)
                records, changed, size = [], {}, 0
            records += self._records(each, changed)
            size += more
        if entries:
            yield Round(records, entries[-1].entry.position, changed)

    def _bytes_of(self, each: Read) -> int:
        """Return about how many bytes are sent for an entry, in all of its records."""
        entry = each.entry
        open_parts = (len(each.agencies) + 1) * (len(entry.open) + len(entry.topic) + _OVERHEAD)
        return open_parts + (len(entry.open) + len(entry.sealed) if self._with_ledger else 0)

    def _records(self, each: Read, changed: dict[str, int]) -> Iterator[Record]:
        entry, key = each.entry, each.lane.encode()
        hashed = murmur2(key) & 0x7FFFFFFF
        common = [(f"ce_{name}", value.encode()) for name, value in attributes(entry).items()]
        common += [("ce_partitionkey", key), ("content-type", media_type(each).encode())]
        for agency, sequence in numbered(each.agencies, lambda agency: self._known.get(agency, 0)):
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
        """Return the topic's number of partitions, which must not have changed since its first record was sent."""
        count = self._partitions[topic]
        pinned = f"{topic}#"
        if pinned not in self._known:
            self._known[pinned] = changed[pinned] = count
        elif self._known[pinned] != count:
            raise PartitionsChangedError(topic, self._known[pinned], count)
        return count


class PartitionsChangedError(Exception):
    """A topic has more partitions than before: events of a case would go to another one, in no known order."""

    def __init__(self, topic: str, before: int, now: int) -> None:
        super().__init__(f"{topic} has {now} partitions and had {before}: give its events to a new topic instead")
