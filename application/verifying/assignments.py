"""Turns the events about who has a case back into the commands that led to them, and compares them with the draws."""

from application.verifying.moves import check_seats, check_stand_in
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.agency.events import DeskOfAgency
from domain.case.assignment_commands import AssignmentCommand, LeaveCaseWaiting, MoveCase, ReleaseCase
from domain.case.assignment_events import CaseLeftWaiting, CaseMoved, CaseReleased
from domain.case.commands import AssignCase
from domain.case.events import CaseAssigned
from domain.case.state import CaseState
from domain.event import Event


def assignment(one: Occurrence, event: CaseAssigned, case: CaseState | None, precedents: Precedents) -> AssignCase:
    """Return the command that gave the case to an official.

    Raises:
        IllegalEventError: no draw has picked somebody for the case, or it was given without one at a desk that draws.
    """
    if case is not None and event.rule != "import":
        draws = precedents.draws(case.agency, event.desk)
        if event.draw is not None and not draws.was_drawn(event.draw, one.stream, one.position):
            raise IllegalEventError(f"draw {event.draw} of the desk was not for this case")
        if event.rule == "order" and draws.were_held(one.position):
            raise IllegalEventError("the desk's cases are drawn for, and this one was given without a draw")
    at, actor, origin = one.envelope.occurred_at, one.envelope.actor, one.envelope.origin
    return AssignCase(at, actor, event.desk, event.official, event.rule, origin, event.draw)


def assignment_command(
    one: Occurrence, event: Event, case: CaseState | None, precedents: Precedents
) -> AssignmentCommand:
    """Return the command that led to a case's being without an official, or at another desk.

    Raises:
        IllegalEventError: it was moved to a desk that did not stand in, or other seats are counted than there were.
    """
    at, actor, origin = one.envelope.occurred_at, one.envelope.actor, one.envelope.origin
    match event:
        case CaseReleased():
            has_looked = event.why == "recusal" and precedents.has_looked(one.stream, event.official, one.position)
            return ReleaseCase(at, actor, event.official, event.why, has_looked=has_looked, origin=origin)
        case CaseLeftWaiting():
            return LeaveCaseWaiting(at, actor, event.why, origin)
        case CaseMoved():
            return _move(one, event, case, precedents)
        case _:
            raise IllegalEventError(f"a {event.topic} is not about who has a case")


def _move(one: Occurrence, event: CaseMoved, case: CaseState | None, precedents: Precedents) -> MoveCase:
    if case is not None:
        check_stand_in(event, case, precedents.agencies_around(case.agency, one))
        check_seats(event, precedents.seats(case.agency, case.desk, event.desk_version, one))
    at, actor, origin = one.envelope.occurred_at, one.envelope.actor, one.envelope.origin
    to = DeskOfAgency(agency=event.agency, desk=event.desk)
    return MoveCase(at, actor, to, event.why, event.able, event.at_limit, event.unable, event.desk_version, origin)
