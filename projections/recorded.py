"""An event as folds see it: its open part parsed once for all views, its sealed part as it is stored."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from domain.upcasts import upcast
from ledger.published.concerning import said
from ledger.store.entries import StoredEntry
from projections.instants import micros_at

SUBMITTED = "case.submitted"


class Recorded(NamedTuple):
    """An event of Pencere's; `stored` are its data in the schema version of then, times are in microseconds."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: int
    occurred_at: str
    occurred_micros: int
    actor: dict[str, str]
    agencies: tuple[str, ...]
    origin: str
    schema: int
    stored: dict[str, Any]
    sealed: bytes

    @property
    def data(self) -> dict[str, Any]:
        """Its data in today's schema version.

        Raises:
            UnknownSchemaVersionError: the event is newer than this program.
        """
        return upcast(self.topic, self.schema, self.stored)

    @property
    def of_case(self) -> bool:
        """Whether it happened to a case."""
        return self.topic.startswith("case.")


def recorded(entry: StoredEntry) -> Recorded | None:
    """Return a stored event of Pencere's as folds see it; None for every other entry."""
    event = said(entry)
    if event is None:
        return None
    return Recorded(
        entry.position,
        entry.stream,
        entry.version,
        entry.topic,
        entry.recorded_at,
        event.occurred_at,
        micros_at(event.occurred),
        event.actor,
        event.agencies,
        event.origin,
        event.schema,
        event.data,
        entry.sealed,
    )


class Batch:
    """Events to fold together. What is not one of Pencere's events is passed over: only the position moves on."""

    def __init__(self, entries: Sequence[StoredEntry]) -> None:
        self.after = entries[0].position - 1
        self.last = entries[-1].position
        self.events = [event for entry in entries if (event := recorded(entry)) is not None]

    @cached_property
    def earlier_cases(self) -> frozenset[UUID]:
        """The cases that have events here and were submitted before."""
        begun = {event.stream for event in self.events if event.topic == SUBMITTED}
        return frozenset(event.stream for event in self.events if event.of_case) - begun

    def earlier_cases_of(self, topics: frozenset[str]) -> frozenset[UUID]:
        """Return those of `earlier_cases` to which something of these topics happens."""
        touched = {event.stream for event in self.events if event.topic in topics}
        return self.earlier_cases & touched
