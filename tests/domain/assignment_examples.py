"""One event of each topic about a case between two officials."""

from domain.case.assignment_events import CaseLeftWaiting, CaseMoved, CaseReleased
from domain.event import Event
from tests.domain.town import OFFICIAL

RELEASED = CaseReleased(official=OFFICIAL.pseudonym, why="absence")
LEFT_WAITING = CaseLeftWaiting(why="too_few")
MOVED = CaseMoved(agency="county", desk="help", why="too_few", able=1, at_limit=1, unable=2, desk_version=9)
ASSIGNMENT_EXAMPLES: tuple[Event, ...] = (RELEASED, LEFT_WAITING, MOVED)
