"""Collects events to fold together; each is parsed once for all views."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Self
from uuid import UUID

from domain.upcasts import UnknownSchemaVersionError
from ledger.published.recorded import Recorded, recorded
from ledger.store.entries import StoredEntry

__all__ = ["SUBMITTED", "Batch", "Recorded", "recorded"]

SUBMITTED: Final = "case.submitted"


class Batch:
    """Events to fold together. Events that are not Pencere's are skipped: only the position advances.

    Attributes:
        after, last: the batch is everything after the one position, up to and with the other.
        events: Pencere's events among it.
    """

    def __init__(self, after: int, last: int, events: Sequence[Recorded]) -> None:
        self.after, self.last, self.events = after, last, events

    @classmethod
    def of(cls, entries: Sequence[StoredEntry]) -> Self:
        """Return a batch of at least one entry, each entry parsed."""
        events = [event for entry in entries if (event := recorded(entry)) is not None]
        return cls(entries[0].position - 1, entries[-1].position, events)

    @cached_property
    def newer(self) -> UnknownSchemaVersionError | None:
        """Why the data of the first event that is newer than this program cannot be read; None when all can be read."""
        try:
            for event in self.events:
                _ = event.data
        except UnknownSchemaVersionError as error:
            return error
        return None

    @cached_property
    def apart(self) -> Sequence["Batch"]:
        """The events, each in a batch that holds nothing else."""
        return [Batch(event.position - 1, event.position, [event]) for event in self.events]

    @cached_property
    def earlier_cases(self) -> frozenset[UUID]:
        """The cases that have events in this batch and were submitted before it."""
        begun = {event.stream for event in self.events if event.topic == SUBMITTED}
        return frozenset(event.stream for event in self.events if event.of_case) - begun

    def earlier_cases_of(self, topics: frozenset[str]) -> frozenset[UUID]:
        """Return those of `earlier_cases` that have an event of these topics."""
        touched = {event.stream for event in self.events if event.topic in topics}
        return self.earlier_cases & touched
