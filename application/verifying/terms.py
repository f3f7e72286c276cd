"""Turns the events about the term of a case back into the commands that led to them."""

from application.identity import calendar_stream
from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.precedents import Precedents
from application.verifying.sealed_words import words_of
from domain.case import clock_commands as commands
from domain.case import clock_events as events
from domain.case.state import CaseState
from domain.service.definition import ServiceDefinition


def clock_command(  # noqa: PLR0911 - a table of the events
    one: Occurrence, case: CaseState | None, service: ServiceDefinition, precedents: Precedents
) -> commands.ClockCommand:
    """Return the command that must have led to this event, in a case with that version of its service.

    Raises:
        IllegalEventError: its days were counted by a calendar that was not known then, or it has not looked far enough.
    """
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    match event:
        case events.SilentGrantPublished():
            return commands.PublishSilentGrant(at, local_day(one, event.local_date), actor, event.published_at, origin)
        case events.SilentGrantNotPublished():
            return commands.NoteUnpublishedGrant(at, local_day(one, event.local_date), actor, origin)
        case (
            events.TermCounted()
            | events.TermExtended()
            | events.CaseNearsItsLastDay()
            | events.CaseEscalated()
            | events.GrantedBySilence()
            | events.CaseLapsed()
        ):
            today = local_day(one, event.local_date)
            slug = None if case is None else case.clock.calendar
            calendar = precedents.calendar(slug, event.calendar_version, one)
        case _:
            raise IllegalEventError(f"a {event.topic} is not about the term of a case")
    match event:
        case events.TermCounted():
            _check_cause(one, slug)
            return commands.CountTerm(at, today, service, calendar, actor, origin)
        case events.TermExtended():
            reason = words_of(one, "reason")
            return commands.ExtendTerm(at, today, actor, service, calendar, event.by, event.ground, reason, origin)
        case events.CaseNearsItsLastDay():
            return commands.WarnOfLastDay(at, today, service, calendar, actor, origin)
        case events.CaseEscalated():
            return commands.EscalateCase(at, today, service, calendar, actor, origin)
        case events.GrantedBySilence():
            _check_how_far(one, event, slug, precedents)
            return commands.GrantBySilence(at, today, service, calendar, event.looked_up_to, actor, origin)
        case events.CaseLapsed():
            return commands.LapseCase(at, today, service, calendar, actor, origin)


def _check_how_far(one: Occurrence, event: events.GrantedBySilence, slug: str | None, precedents: Precedents) -> None:
    """Check that a grant has looked at all of its case, at nothing that was still to come, and at every act by then.

    Raises:
        IllegalEventError: it has not.
    """
    if event.looked_up_to >= one.position:
        raise IllegalEventError("it says that it has looked at what was not there yet")
    if event.looked_up_to < precedents.last_before(one.stream, one.position):
        raise IllegalEventError("it has not looked at all of the case before it")
    if event.calendar_version < precedents.calendar_version(slug, event.looked_up_to):
        raise IllegalEventError("it was counted by fewer acts of the calendar than there were where it has looked")


def _check_cause(one: Occurrence, calendar: str | None) -> None:
    """Check that a last day was counted anew after an event of the case, or after an act of its calendar.

    Raises:
        IllegalEventError: it was after something else.
    """
    stream, _, _ = (one.envelope.causation or "").partition(":")
    streams = {str(one.stream)} | ({str(calendar_stream(calendar))} if calendar else set())
    if stream not in streams:
        raise IllegalEventError("its cause is neither an event of its case nor an act of the case's calendar")
