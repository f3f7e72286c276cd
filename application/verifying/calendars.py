"""Turns the events of a calendar back into their commands."""

from typing import Final

from application.identity import calendar_stream
from application.verifying.judge import Kind, stands_in
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.calendar.commands import Command, EnterAct, OpenCalendar
from domain.calendar.decisions import decide_again
from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.state import CalendarState, evolve


def _command(one: Occurrence, _calendar: CalendarState | None, _precedents: Precedents) -> Command:
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    if not isinstance(event, CalendarOpened | ActEntered):
        raise IllegalEventError(f"a {event.topic} does not happen to a calendar")
    stands_in(one, calendar_stream(event.slug))
    if actor.role != "coordinator":
        raise IllegalEventError("only the coordinator keeps calendars")
    if isinstance(event, ActEntered):
        return EnterAct(at, actor, event.act, event.entries)
    return OpenCalendar(
        at, actor, event.slug, event.jurisdiction, event.territory, event.working_week, event.act, event.entries
    )


CALENDAR: Final = Kind(CalendarOpened, _command, decide_again, evolve, only_people_ask=True)
