"""One event of each topic about a case between two officials."""

from domain.case.assignment_events import CaseLeftWaiting, CaseReleased
from domain.event import Event
from tests.domain.town import OFFICIAL

RELEASED = CaseReleased(official=OFFICIAL.pseudonym, why="absence")
LEFT_WAITING = CaseLeftWaiting(why="too_few")
ASSIGNMENT_EXAMPLES: tuple[Event, ...] = (RELEASED, LEFT_WAITING)
