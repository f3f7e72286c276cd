"""What happens to a case between two officials."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from domain.event import Event
from domain.values import Pseudonym, Slug

WhyReleased: TypeAlias = Literal["recusal", "absence", "departure"]
"""Why an official has a case no more: they must not decide it, are away, or sit at the desk no longer.

They recuse themselves before they have looked; the window recuses whoever has become a party to the case.
"""

WhyLeft: TypeAlias = Literal["too_few", "no_keeper"]
"""Why nobody can be drawn: fewer than three can take the case, or a keeper of draws has no link left."""

WhyMoved: TypeAlias = Literal["too_few"]
"""Why a case goes to another agency's desk: fewer than three could take it, even if nobody had too many cases."""

Seats: TypeAlias = Annotated[int, Field(ge=0)]


class CaseReleased(Event):
    """The case is no longer this official's; another one is drawn."""

    topic: ClassVar[str] = "case.released"

    official: Pseudonym
    why: WhyReleased


class CaseLeftWaiting(Event):
    """Nobody can be drawn for the case now, so it waits; its agency is told by this event, and so is the applicant."""

    topic: ClassVar[str] = "case.left_waiting"

    why: WhyLeft


class CaseMoved(Event):
    """The desk of another agency has the case from now on, since it stands in for the desk that had it.

    The counts are of the seats at the desk that had it, at `desk_version` of that desk (0: it was never opened): how
    many could take the case, could if they had fewer cases, and could not. Why not would tell an official at a desk of
    two that the other one is the applicant.
    """

    topic: ClassVar[str] = "case.moved"

    agency: Slug
    desk: Slug
    why: WhyMoved
    able: Seats
    at_limit: Seats
    unable: Seats
    desk_version: Seats


ASSIGNMENT_EVENTS: Final[tuple[type[Event], ...]] = (CaseReleased, CaseLeftWaiting, CaseMoved)
