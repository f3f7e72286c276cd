"""A mandate in the small town, the right to act by it, and one event of every topic about them."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.case.representation_commands import AddRepresentative, RemoveRepresentative
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.envelope import Actor
from domain.event import Event
from domain.mandate.commands import AcceptMandate, Command, DeclineMandate, GiveMandate, RevokeMandate
from domain.mandate.content import Identifier, MandateContent
from domain.mandate.decisions import decide
from domain.mandate.events import MandateAccepted, MandateDeclined, MandateGiven, MandateRevoked
from domain.mandate.state import MandateState, evolve
from tests.domain.streams_told import StreamsTold
from tests.domain.town import AT, REPRESENTATIVE

MANDATE_ID = UUID("019abcde-0000-7000-8000-000000000001")
GIVER = Actor(role="applicant", pseudonym="11111111-aaaa-4aaa-8aaa-111111111111")
RECEIVER = Actor(role="representative", pseudonym="22222222-aaaa-4aaa-8aaa-222222222222")
OTHER = Actor(role="representative", pseudonym="33333333-aaaa-4aaa-8aaa-333333333333")
ERASURE = Actor(role="window", pseudonym="erasure")
SISTER = Identifier(element="person.number", value="AZE 12")
CONTENT = MandateContent(
    party="person",
    givers=(Identifier(element="person.number", value="AZE 11"),),
    receiver=SISTER,
    services=("building-permit",),
    cases=(),
    first_day=date(2026, 11, 1),
    last_day=date(2026, 12, 31),
)
GIVEN = MandateGiven(giver=GIVER.pseudonym, content=CONTENT)
ACCEPTED = MandateAccepted(receiver=RECEIVER.pseudonym)
DECLINED = MandateDeclined()
TAKEN_BACK, GIVEN_BACK, ERASED = (MandateRevoked(why=why) for why in ("taken_back", "given_back", "erased"))
ADDED = RepresentativeAdded(representative=REPRESENTATIVE.pseudonym, mandate=str(MANDATE_ID))
LEFT = RepresentativeRemoved(representative=REPRESENTATIVE.pseudonym, why="left")
MANDATE_EXAMPLES: tuple[Event, ...] = (GIVEN, ACCEPTED, DECLINED, TAKEN_BACK, ADDED, LEFT)


def content(**changes: Any) -> MandateContent:
    """Return what the mandate says, with the given changes."""
    return CONTENT.model_copy(update=changes)


def give(**changes: Any) -> GiveMandate:
    """Return the giver's command, with the given changes of what the mandate says."""
    return GiveMandate(AT, GIVER, content(**changes))


def accept(actor: Actor = RECEIVER) -> AcceptMandate:
    """Return the command to accept it."""
    return AcceptMandate(AT, actor)


def decline(actor: Actor = RECEIVER) -> DeclineMandate:
    """Return the command to decline it."""
    return DeclineMandate(AT, actor)


def revoke(actor: Actor = GIVER) -> RevokeMandate:
    """Return the command to end it."""
    return RevokeMandate(AT, actor)


def add(actor: Actor = REPRESENTATIVE, mandate: str | None = str(MANDATE_ID)) -> AddRepresentative:
    """Return the command to act for the applicant of a case."""
    return AddRepresentative(AT, actor, mandate)


def remove(actor: Actor = REPRESENTATIVE, representative: str = REPRESENTATIVE.pseudonym) -> RemoveRepresentative:
    """Return the command to act for them no longer."""
    return RemoveRepresentative(AT, actor, representative)


OF_MANDATES: StreamsTold[Command, MandateState] = StreamsTold(decide, evolve)
given, mandate_after = OF_MANDATES.given, OF_MANDATES.after
