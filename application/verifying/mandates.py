"""Turns the events of a mandate back into the commands that led to them."""

from datetime import date
from typing import Final

from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from application.verifying.sealed_words import SOME_WORDS
from domain.mandate import commands, events
from domain.mandate.content import Identifier, MandateContent
from domain.mandate.decisions import decide
from domain.mandate.state import MandateState, evolve

_SOMETHING: Final = MandateContent(
    party="person",
    givers=(),
    receiver=Identifier(element="some.element", value=SOME_WORDS),
    services=("some-service",),
    cases=(),
    first_day=date.min,
    last_day=date.max,
)
"""Stands for what a mandate says, which nobody here can read."""


def _command(one: Occurrence, _: MandateState | None, _precedents: Precedents) -> commands.Command:
    """Return the command that must have led to this event."""
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    if one.envelope.agencies:
        raise IllegalEventError("a mandate concerns no agency")
    match event:
        case events.MandateGiven():
            if "content" not in one.sealed or actor.role != "applicant":
                raise IllegalEventError("a mandate is given by somebody, and says something")
            return commands.GiveMandate(at, actor, _SOMETHING)
        case events.MandateAccepted():
            return commands.AcceptMandate(at, actor)
        case events.MandateDeclined():
            return commands.DeclineMandate(at, actor)
        case events.MandateRevoked():
            return commands.RevokeMandate(at, actor)
        case _:
            raise IllegalEventError(f"a {event.topic} does not happen to a mandate")


MANDATE: Final = Kind(events.MandateGiven, _command, decide, evolve, sealed_for=lambda mandate: mandate.giver)
