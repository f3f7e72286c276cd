"""Turns the single event of an agency back into its command."""

from typing import Final

from application.identity import agency_stream
from application.verifying.judge import Kind, stands_in
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.agency.commands import RegisterAgency
from domain.agency.decisions import decide_again
from domain.agency.events import AgencyRegistered
from domain.agency.state import AgencyState, evolve


def _command(one: Occurrence, _agency: AgencyState | None, _precedents: Precedents) -> RegisterAgency:
    event = one.event
    if not isinstance(event, AgencyRegistered):
        raise IllegalEventError(f"a {event.topic} does not happen to an agency")
    stands_in(one, agency_stream(event.slug))
    at, actor = one.envelope.occurred_at, one.envelope.actor
    if actor.role != "coordinator":
        raise IllegalEventError("only the coordinator writes the catalogue")
    # The list of time zones is no rule of ours: the auditor's machine may know other zones than the window's did.
    return RegisterAgency(
        at, actor, event.slug, event.name, event.time_zone, event.desks, event.desk_limits, zone_is_known=True
    )


AGENCY: Final = Kind(AgencyRegistered, _command, decide_again, evolve)
