"""An event as folds see it: its open part parsed once for all views, its sealed part as it is stored."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from domain.topics import TOPICS
from domain.upcasts import upcast
from ledger.records import StoredEntry
from projections.instants import micros

SUBMITTED = "case.submitted"


class Recorded(NamedTuple):
    """An event of Pencere's; `data` is in today's schema version, times are in microseconds."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: int
    occurred_at: str
    occurred_micros: int
    actor: dict[str, str]
    agencies: list[str]
    origin: str
    data: dict[str, Any]
    sealed: bytes

    @property
    def of_case(self) -> bool:
        """Whether it happened to a case."""
        return self.topic.startswith("case.")


def recorded(entry: StoredEntry) -> Recorded:
    """Return a stored event of Pencere's as folds see it."""
    document = orjson.loads(entry.open)
    occurred_at = document["occurred_at"]
    return Recorded(
        entry.position,
        entry.stream,
        entry.version,
        entry.topic,
        entry.recorded_at,
        occurred_at,
        micros(occurred_at),
        document["actor"],
        document["agencies"],
        document["origin"],
        upcast(entry.topic, document["schema"], document["data"]),
        entry.sealed,
    )


class Batch:
    """Events to fold together. Topics that are not Pencere's are passed over: only the position moves on."""

    def __init__(self, entries: Sequence[StoredEntry]) -> None:
        self.after = entries[0].position - 1
        self.last = entries[-1].position
        self.events = [recorded(entry) for entry in entries if entry.topic in TOPICS]

    @cached_property
    def earlier_cases(self) -> frozenset[UUID]:
        """The cases that have events here and were submitted before."""
        begun = {event.stream for event in self.events if event.topic == SUBMITTED}
        return frozenset(event.stream for event in self.events if event.of_case) - begun

    def earlier_cases_of(self, topics: frozenset[str]) -> frozenset[UUID]:
        """Return those of `earlier_cases` to which something of these topics happens."""
        touched = {event.stream for event in self.events if event.topic in topics}
        return self.earlier_cases & touched
