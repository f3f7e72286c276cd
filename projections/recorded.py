"""Events to fold together: each parsed once for all views."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final
from uuid import UUID

from ledger.published.recorded import Recorded, recorded
from ledger.store.entries import StoredEntry

__all__ = ["SUBMITTED", "Batch", "Recorded", "recorded"]

SUBMITTED: Final = "case.submitted"


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
