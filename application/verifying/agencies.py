"""Turns the events of an agency back into their commands."""

from typing import Final

from application.identity import agency_stream
from application.verifying.judge import Kind, stands_in
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.agency.commands import Command, NameCalendar, NameStandIn, RegisterAgency
from domain.agency.decisions import decide_again
from domain.agency.events import AgencyRegistered, CalendarNamed, StandInNamed
from domain.agency.state import AgencyState, evolve


def _command(one: Occurrence, _agency: AgencyState | None, precedents: Precedents) -> Command:
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    if not isinstance(event, AgencyRegistered | CalendarNamed | StandInNamed):
        raise IllegalEventError(f"a {event.topic} does not happen to an agency")
    stands_in(one, agency_stream(event.slug))
    if actor.role != "coordinator":
        raise IllegalEventError("only the coordinator writes the catalogue")
    if isinstance(event, CalendarNamed):
        return NameCalendar(at, actor, event.calendar, precedents.has_calendar(event.calendar, one.position))
    if isinstance(event, StandInNamed):
        other = None if event.stand_in is None else precedents.agency(event.stand_in.agency, one.position)
        return NameStandIn(at, actor, event.desk, event.stand_in, other.desks if other else None)
    # The list of time zones is no rule of ours: the auditor's machine may know other zones than the window's did.
    return RegisterAgency(
        at, actor, event.slug, event.name, event.time_zone, event.desks, event.desk_limits, zone_is_known=True
    )


AGENCY: Final = Kind(AgencyRegistered, _command, decide_again, evolve)
