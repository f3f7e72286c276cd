"""Judges that a case went to the desk that stood in for its own, and that its own desk had as many seats as it says.

Case, agency and desk are three streams: a move may have been decided before what happened to the others at that moment,
and be appended after it. What is older must have been known.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.register_then import AT_ONCE
from domain.agency.events import AgencyRegistered, CalendarNamed, DeskOfAgency, StandInNamed
from domain.agency.state import AgencyState, evolve
from domain.case.assignment_events import CaseMoved
from domain.case.state import CaseState
from domain.desk.events import ROSTER_EVENTS, SeatLeft, SeatTaken
from domain.event import UnknownEventError

_JUST_NOW: Final = AT_ONCE // timedelta(microseconds=1)


class AgencyThen(NamedTuple):
    """An agency's states, each with the position and the time at which it began."""

    positions: Sequence[int]
    recorded: Sequence[int]
    states: Sequence[AgencyState]

    def before(self, position: int) -> AgencyState | None:
        """Return the agency before a position; None when it was not registered."""
        count = bisect_left(self.positions, position)
        return self.states[count - 1] if count else None

    def around(self, position: int, recorded: int) -> Sequence[AgencyState]:
        """Return the agency as whoever decided what stands at a position, recorded then, may have known it."""
        last = bisect_left(self.positions, position)
        first = bisect_right(self.recorded, recorded - _JUST_NOW, hi=last)
        return self.states[max(0, first - 1) : last]


def agency_then(ones: Sequence[tuple[Occurrence, int]]) -> AgencyThen:
    """Return what an agency's events tell, each of which comes with the time at which it was recorded."""
    state: AgencyState | None = None
    found: list[tuple[int, int, AgencyState]] = []
    for one, recorded in ones:
        if isinstance(one.event, AgencyRegistered | CalendarNamed | StandInNamed):
            try:
                state = evolve(state, one.event)
            except UnknownEventError:
                break  # reported where the agency itself is judged
            found.append((one.position, recorded, state))
    positions, times, states = [one for one, _, _ in found], [at for _, at, _ in found], [one for _, _, one in found]
    return AgencyThen(positions, times, states)


def seats_at(desk: Sequence[tuple[Occurrence, int]], version: int, one: Occurrence, recorded: int) -> int:
    """Return how many seats a desk had at a version of its stream.

    Raises:
        IllegalEventError: the desk had not come so far, or everybody knew another roster for minutes.
    """
    seats: set[UUID] = set()
    known = 0
    for each, at in desk:
        if each.version > version:
            is_news = isinstance(each.event, ROSTER_EVENTS) and each.position < one.position
            if is_news and at <= recorded - _JUST_NOW:
                raise IllegalEventError("it counts a roster that had changed since")
            continue
        if each.position > one.position:
            raise IllegalEventError("it counts a roster that was not there yet")
        known = each.version
        if isinstance(each.event, SeatTaken):
            seats.add(each.event.seat)
        elif isinstance(each.event, SeatLeft):
            seats.discard(each.event.seat)
    if known != version:
        raise IllegalEventError("it counts a roster that was not there yet")
    return len(seats)


def check_stand_in(event: CaseMoved, case: CaseState, agencies: Sequence[AgencyState]) -> None:
    """Check that the desk to which a case went stood in for its own.

    Raises:
        IllegalEventError: it did not.
    """
    to = DeskOfAgency(agency=event.agency, desk=event.desk)
    if all(agency.stand_ins.get(case.desk) != to for agency in agencies):
        raise IllegalEventError("the desk that it was moved to did not stand in for its own")


def check_seats(event: CaseMoved, seats: int) -> None:
    """Check that everybody who sat at the desk is counted, once.

    Raises:
        IllegalEventError: it counts more or fewer.
    """
    if event.able + event.at_limit + event.unable != seats:
        raise IllegalEventError(f"it counts other seats than the {seats} that its desk had")
