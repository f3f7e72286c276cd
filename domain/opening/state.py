"""The state of an opening after its events. It has open data only, because decisions need no other."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.event import Event, UnknownEventError
from domain.opening.events import IdentitiesOpened, Looked, OpeningAsked, OpeningDropped, OpeningLookRecorded


class OpeningStatus(StrEnum):
    """What has become of an opening; the passing of time changes it too."""

    ASKED = "asked"
    OPENED = "opened"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


class PastLook(NamedTuple):
    """Who has read what, in which hour."""

    auditor: str
    looked_at: Looked
    hour: datetime


class OpeningState(NamedTuple):
    """An opening: what the first auditor has asked for, the pseudonyms of both, and what they have read."""

    case_id: UUID
    number: int
    first: str
    until: datetime
    sealed_until: datetime
    lapses_at: datetime
    second: str | None = None
    is_dropped: bool = False
    looks: frozenset[PastLook] = frozenset()

    def status(self, at: datetime) -> OpeningStatus:
        """Return what has become of it at that time."""
        if self.is_dropped:
            return OpeningStatus.TAKEN_BACK
        if self.second is None:
            return OpeningStatus.ASKED if at < self.lapses_at else OpeningStatus.LAPSED
        return OpeningStatus.OPENED if at < self.until else OpeningStatus.ENDED

    def is_by(self, auditor: str) -> bool:
        """Return whether two auditors have agreed to it, and this is one of them."""
        return self.second is not None and auditor in {self.first, self.second}

    def hides_looks_of(self, auditor: str, at: datetime) -> bool:
        """Return whether the applicant must not be shown yet that this auditor looks at the case."""
        return self.is_by(auditor) and at < self.sealed_until


def evolve(state: OpeningState | None, event: Event) -> OpeningState:
    """Return the opening after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if state is None:
        if not isinstance(event, OpeningAsked):
            raise UnknownEventError(event)
        return OpeningState(
            event.case_id, event.number, event.auditor, event.until, event.sealed_until, event.lapses_at
        )
    match event:
        case IdentitiesOpened():
            return state._replace(second=event.auditor)
        case OpeningDropped():
            return state._replace(is_dropped=True)
        case OpeningLookRecorded():
            return state._replace(looks=state.looks | {PastLook(event.auditor, event.looked_at, event.hour)})
        case _:
            raise UnknownEventError(event)
