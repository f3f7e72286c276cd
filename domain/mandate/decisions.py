"""Decides a mandate's commands. Whoever repeats what they have done changes nothing."""

from typing import assert_never

from domain.envelope import Actor
from domain.event import Event
from domain.mandate.commands import AcceptMandate, Command, DeclineMandate, GiveMandate, RevokeMandate
from domain.mandate.events import MandateAccepted, MandateDeclined, MandateGiven, MandateRevoked
from domain.mandate.refusals import (
    MandateAlreadyAccepted,
    MandateAlreadyGiven,
    MandateBackwards,
    MandateForNothing,
    MandateNotGiven,
    MandateOver,
    MandateToOneself,
    NotAPartyOfTheMandate,
)
from domain.mandate.state import MandateState, MandateStatus
from domain.text import check_texts


def decide(command: Command, state: MandateState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, GiveMandate):
        return (_given(command, state),)
    if state is None:
        raise MandateNotGiven
    match command:
        case AcceptMandate():
            return _accepted(command, state)
        case DeclineMandate():
            return _declined(state)
        case RevokeMandate():
            return _revoked(command, state)
        case _:
            assert_never(command)


def _given(command: GiveMandate, state: MandateState | None) -> MandateGiven:
    if state is not None:
        raise MandateAlreadyGiven
    content = command.content
    if not (content.services or content.cases):
        raise MandateForNothing(field="services")
    if content.last_day < content.first_day:
        raise MandateBackwards(field="lastDay")
    if any(giver.names_the_same_as(content.receiver) for giver in content.givers):
        raise MandateToOneself(field="receiver")
    check_texts([content])
    return MandateGiven(giver=command.actor.pseudonym, content=content)


def _accepted(command: AcceptMandate, state: MandateState) -> tuple[Event, ...]:
    if state.is_over:
        raise MandateOver
    if state.status is MandateStatus.ACCEPTED:
        if state.receiver == command.actor.pseudonym:
            return ()
        raise MandateAlreadyAccepted
    return (MandateAccepted(receiver=command.actor.pseudonym),)


def _declined(state: MandateState) -> tuple[Event, ...]:
    if state.status is MandateStatus.DECLINED:
        return ()
    if state.status is MandateStatus.ACCEPTED:
        raise MandateAlreadyAccepted
    if state.is_over:
        raise MandateOver
    return (MandateDeclined(),)


def _revoked(command: RevokeMandate, state: MandateState) -> tuple[Event, ...]:
    revoked = _revoked_by(command.actor, state)
    return () if state.is_over else (revoked,)


def _revoked_by(actor: Actor, state: MandateState) -> MandateRevoked:
    match actor:
        case Actor(role="applicant", pseudonym=state.giver):
            return MandateRevoked(why="taken_back")
        case Actor(role="representative", pseudonym=state.receiver):
            return MandateRevoked(why="given_back")
        case Actor(role="window", pseudonym="erasure"):
            return MandateRevoked(why="erased")
        case _:
            raise NotAPartyOfTheMandate
