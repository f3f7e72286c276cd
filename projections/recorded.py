"""Collects events to fold together; each is parsed once for all views."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final
from uuid import UUID

from ledger.published.recorded import Recorded, recorded
from ledger.store.entries import StoredEntry

__all__ = ["SUBMITTED", "Batch", "Recorded", "recorded"]

SUBMITTED: Final = "case.submitted"


class Batch:
    """Events to fold together. Events that are not Pencere's are skipped: only the position advances."""

    def __init__(self, entries: Sequence[StoredEntry]) -> None:
        self.after = entries[0].position - 1
        self.last = entries[-1].position
        self.events = [event for entry in entries if (event := recorded(entry)) is not None]

    @cached_property
    def earlier_cases(self) -> frozenset[UUID]:
        """The cases that have events in this batch and were submitted before it."""
        begun = {event.stream for event in self.events if event.topic == SUBMITTED}
        return frozenset(event.stream for event in self.events if event.of_case) - begun

    def earlier_cases_of(self, topics: frozenset[str]) -> frozenset[UUID]:
        """Return those of `earlier_cases` that have an event of these topics."""
        touched = {event.stream for event in self.events if event.topic in topics}
        return self.earlier_cases & touched
