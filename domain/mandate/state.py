"""The state of a mandate after its events. It has open data only: what a mandate says is not in it."""

from enum import StrEnum
from typing import NamedTuple

from domain.event import Event, UnknownEventError
from domain.mandate.events import MandateAccepted, MandateDeclined, MandateGiven, MandateRevoked


class MandateStatus(StrEnum):
    """What giver and receiver have done. Whether it is in force depends on the day, and is no status."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class MandateState(NamedTuple):
    """A mandate: the giver's and the receiver's pseudonym in it, and its status."""

    giver: str
    receiver: str | None = None
    status: MandateStatus = MandateStatus.OFFERED

    @property
    def is_over(self) -> bool:
        """Return whether it can never be used again."""
        return self.status in {MandateStatus.DECLINED, MandateStatus.REVOKED}


def evolve(state: MandateState | None, event: Event) -> MandateState:
    """Return the mandate after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if state is None:
        if not isinstance(event, MandateGiven):
            raise UnknownEventError(event)
        return MandateState(event.giver)
    match event:
        case MandateAccepted():
            return state._replace(receiver=event.receiver, status=MandateStatus.ACCEPTED)
        case MandateDeclined():
            return state._replace(status=MandateStatus.DECLINED)
        case MandateRevoked():
            return state._replace(status=MandateStatus.REVOKED)
        case _:
            raise UnknownEventError(event)
