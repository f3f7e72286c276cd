"""Decides, for every channel, which agencies an entry concerns and which number it has in their feeds.

One of Pencere's events (see recorded.py) concerns the agencies that its open part names. Entries of other applications
on the same ledger concern no agency: only auditors see them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from ledger.published.recorded import Recorded, recorded
from ledger.store.entries import StoredEntry

_LOOK: Final = "look.recorded"


class Read(NamedTuple):
    """An entry with its event; the event is None when it is not one of Pencere's."""

    entry: StoredEntry
    event: Recorded | None

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies that the entry concerns."""
        return self.event.agencies if self.event is not None else ()

    @property
    def lane(self) -> str:
        """The unit that keeps its order: a case with the looks at it, or else the stream."""
        if self.event is not None and self.entry.topic == _LOOK:
            case = self.event.stored.get("case_id")
            if isinstance(case, str) and _is_uuid(case):
                return case
        return str(self.entry.stream)


def read(entry: StoredEntry) -> Read:
    """Return the entry with its event. No bytes can make this fail."""
    return Read(entry, recorded(entry))


def numbered(agencies: Iterable[str], last: Callable[[str], int]) -> Iterator[tuple[str, int]]:
    """Return the agencies that an event concerns, each with the event's number there: the next after the last."""
    for agency in agencies:
        yield agency, last(agency) + 1


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
