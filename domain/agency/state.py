"""The state of an agency after its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from domain.agency.events import AgencyRegistered, CalendarNamed, DeskOfAgency, StandInNamed
from domain.event import Event, UnknownEventError
from domain.values import Text

USUAL_DESK_LIMIT: Final = 20
"""How many open cases of a desk an official may have, unless the agency has set another limit."""


@dataclass(frozen=True, slots=True)
class AgencyState:
    """A competent public authority. `stand_ins`: its desk -> the desk of another agency that stands in for it.

    `calendar` is the name of the one by which its terms are counted; None: Monday to Friday are worked.
    """

    slug: str
    name: Text
    time_zone: str
    desks: tuple[str, ...]
    desk_limits: Mapping[str, int] = field(default_factory=dict)
    stand_ins: Mapping[str, DeskOfAgency] = field(default_factory=dict)
    calendar: str | None = None

    def limit_at(self, desk: str) -> int:
        """Return how many open cases of the desk an official may have."""
        return self.desk_limits.get(desk, USUAL_DESK_LIMIT)


def evolve(state: AgencyState | None, event: Event) -> AgencyState:
    """Return the agency after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if state is None and isinstance(event, AgencyRegistered):
        return AgencyState(event.slug, event.name, event.time_zone, event.desks, event.desk_limits)
    if state is not None and isinstance(event, StandInNamed):
        return _with_stand_in(state, event)
    if state is not None and isinstance(event, CalendarNamed):
        return replace(state, calendar=event.calendar)
    raise UnknownEventError(event)


def _with_stand_in(state: AgencyState, event: StandInNamed) -> AgencyState:
    stand_ins = {desk: other for desk, other in state.stand_ins.items() if desk != event.desk}
    if event.stand_in is not None:
        stand_ins[event.desk] = event.stand_in
    return replace(state, stand_ins=stand_ins)
