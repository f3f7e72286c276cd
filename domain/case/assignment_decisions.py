"""Decides who has a case no more, and when it is said that nobody can have it."""

from typing import Final

from domain.case.assignment_commands import AssignmentCommand, LeaveCaseWaiting, ReleaseCase
from domain.case.assignment_events import CaseLeftWaiting, CaseReleased
from domain.case.refusals import CaseAlreadyLeftWaiting, CaseAssignedAlready, NotTheAssignedOfficial, RecusalAfterLook
from domain.case.rules import case_is_open, evidence_is_settled
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.event import Event

_WINDOW: Final = "window"


def decide_assignment(command: AssignmentCommand, state: CaseState) -> Event:
    """Return the event that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    case_is_open(command, state)
    evidence_is_settled(command, state)
    if isinstance(command, LeaveCaseWaiting):
        return _left_waiting(command, state)
    return _released(command, state)


def _left_waiting(command: LeaveCaseWaiting, state: CaseState) -> CaseLeftWaiting:
    if state.official is not None:
        raise CaseAssignedAlready
    if state.left_waiting:
        raise CaseAlreadyLeftWaiting
    return CaseLeftWaiting(why=command.why)


def _released(command: ReleaseCase, state: CaseState) -> CaseReleased:
    # The window, too, recuses an official: when they have become a party. What they have seen does not matter then.
    by_themselves = command.why == "recusal" and command.actor == Actor(role="official", pseudonym=command.official)
    if command.official != state.official or not (by_themselves or command.actor.role == _WINDOW):
        raise NotTheAssignedOfficial
    if by_themselves and command.has_looked:
        raise RecusalAfterLook
    return CaseReleased(official=command.official, why=command.why)
