"""What must be true of topics, whatever happened to publishers, brokers and databases."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from consumers.kafka_settings import AUDIT, topic_of
from ledger.store.entries import StoredEntry
from projections.agency_feed.types import Delivery
from tests.kafka.topics import Broker, Found


class Verdict(NamedTuple):
    """The number of records, and how many of them are repetitions."""

    records: int
    again: int


def first_told(records: Sequence[Found]) -> tuple[list[Found], int]:
    """Return a topic's records as a reader sees them who skips repetitions, and the number of repetitions.

    Fails when a partition is no chain, or a repetition differs from the first record.
    """
    partitions: defaultdict[int, list[Found]] = defaultdict(list)
    for found in records:
        partitions[found.partition].append(found)
    told: list[Found] = []
    again = 0
    for stands in partitions.values():
        last = 0
        known: dict[int, Found] = {}
        for found in sorted(stands, key=lambda each: each.offset):
            if found.sequence <= last:
                first = known[found.sequence]
                assert (found.key, found.value, found.headers) == (first.key, first.value, first.headers)
                again += 1
            else:
                assert found.previous == last, f"{found.topic}/{found.partition}: {found.previous} after {last}"
                known[found.sequence] = found
                last = found.sequence
                told.append(found)
    return told, again


def judge(broker: Broker, entries: Sequence[StoredEntry], feeds: dict[str, list[Delivery]]) -> Verdict:
    """Check that each agency's topic equals its feed and the auditors' topic the whole log, with each case in order."""
    total = repeated = 0
    for agency, feed in feeds.items():
        told, again = first_told(broker.read([topic_of(agency)]))
        total, repeated = total + len(told), repeated + again
        found = {each.sequence: (each.position, each.value) for each in told}
        assert found == {each.sequence: (each.entry.position, each.entry.open) for each in feed}
        assert_cases_are_in_order(told)
    told, again = first_told(broker.read([AUDIT]))
    assert {each.position: each.value for each in told} == {entry.position: entry.open for entry in entries}
    assert_cases_are_in_order(told)
    return Verdict(total + len(told), repeated + again)


def assert_cases_are_in_order(told: Sequence[Found]) -> None:
    cases: defaultdict[str, list[int]] = defaultdict(list)
    for found in told:
        cases[found.key].append(found.position)
    for positions in cases.values():
        assert positions == sorted(positions)
