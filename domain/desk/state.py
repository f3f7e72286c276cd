"""The state of a desk after its events."""

from typing import NamedTuple

from domain.desk.draw_state import NONE, Draws, evolve_draws
from domain.desk.events import ROSTER_EVENTS, DeskOpened
from domain.desk.roster_state import EMPTY, Roster, evolve_roster
from domain.event import Event, UnknownEventError


class DeskState(NamedTuple):
    """A desk of an agency: who sits there, and its draws."""

    agency: str
    desk: str
    key: str
    roster: Roster = EMPTY
    draws: Draws = NONE


def evolve(state: DeskState | None, event: Event) -> DeskState:
    """Return the desk after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if state is None:
        if not isinstance(event, DeskOpened):
            raise UnknownEventError(event)
        return DeskState(event.agency, event.desk, event.key)
    if isinstance(event, ROSTER_EVENTS):
        return state._replace(roster=evolve_roster(state.roster, event))
    return state._replace(draws=evolve_draws(state.draws, event))
