"""What happens to a case between two officials."""

from typing import ClassVar, Final, Literal, TypeAlias

from domain.event import Event
from domain.values import Pseudonym

WhyReleased: TypeAlias = Literal["recusal", "absence", "departure"]
"""Why an official has a case no more: they must not decide it, are away, or sit at the desk no longer.

They recuse themselves before they have looked; the window recuses whoever has become a party to the case.
"""

WhyLeft: TypeAlias = Literal["too_few", "no_keeper"]
"""Why nobody can be drawn: fewer than three can take the case, or a keeper of draws has no link left."""


class CaseReleased(Event):
    """The case is no longer this official's; another one is drawn."""

    topic: ClassVar[str] = "case.released"

    official: Pseudonym
    why: WhyReleased


class CaseLeftWaiting(Event):
    """Nobody can be drawn for the case now, so it waits; its agency is told by this event, and so is the applicant."""

    topic: ClassVar[str] = "case.left_waiting"

    why: WhyLeft


ASSIGNMENT_EVENTS: Final[tuple[type[Event], ...]] = (CaseReleased, CaseLeftWaiting)
