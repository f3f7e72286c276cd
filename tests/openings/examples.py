"""An opening of the identities in a case of the small town, and one event of every topic about it."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from domain.envelope import Actor
from domain.event import Event
from domain.opening.commands import AgreeToOpening, AskOpening, Command, DropOpening, RecordOpeningLook
from domain.opening.decisions import decide, hour_of
from domain.opening.events import IdentitiesOpened, Looked, OpeningAsked, OpeningDropped, OpeningLookRecorded
from domain.opening.state import OpeningState, evolve
from domain.refusals import Refusal
from tests.domain.town import AT, CASE_ID

FIRST = Actor(role="auditor", pseudonym="44444444-aaaa-4aaa-8aaa-444444444444")
SECOND = Actor(role="auditor", pseudonym="55555555-aaaa-4aaa-8aaa-555555555555")
THIRD = Actor(role="auditor", pseudonym="66666666-aaaa-4aaa-8aaa-666666666666")
REASON = "Four of five permits of this street went to one address."
SECOND_REASON = "I have seen the decisions, and ask the same."
DAY = timedelta(days=1)
ASKED = OpeningAsked(
    case_id=CASE_ID,
    number=1,
    auditor=FIRST.pseudonym,
    until=AT + 14 * DAY,
    sealed_until=AT + 90 * DAY,
    lapses_at=AT + 7 * DAY,
    reason=REASON,
)
OPENED = IdentitiesOpened(case_id=CASE_ID, auditor=SECOND.pseudonym, reason=SECOND_REASON)
DROPPED = OpeningDropped(case_id=CASE_ID)


def looked(actor: Actor = FIRST, what: Looked = "identities", at: datetime = AT) -> OpeningLookRecorded:
    """Return the event of a look."""
    return OpeningLookRecorded(case_id=CASE_ID, auditor=actor.pseudonym, looked_at=what, hour=hour_of(at))


OPENING_EXAMPLES: tuple[Event, ...] = (ASKED, OPENED, looked(), DROPPED)


def ask(
    actor: Actor = FIRST, *, number: int = 1, days: int = 14, sealed_days: int = 90, reason: str = REASON
) -> AskOpening:
    """Return the first auditor's command."""
    return AskOpening(AT, actor, CASE_ID, number, days, sealed_days, reason)


def agree(
    actor: Actor = SECOND,
    at: datetime = AT,
    *,
    reason: str = SECOND_REASON,
    is_the_first: bool = False,
    first_is_known: bool = True,
) -> AgreeToOpening:
    """Return the second auditor's command."""
    return AgreeToOpening(at, actor, reason, is_the_first=is_the_first, first_is_known=first_is_known)


def drop(actor: Actor = FIRST, at: datetime = AT) -> DropOpening:
    """Return the command to take it back."""
    return DropOpening(at, actor)


def look(actor: Actor = FIRST, what: Looked = "identities", at: datetime = AT) -> RecordOpeningLook:
    """Return the command to record a look."""
    return RecordOpeningLook(at, actor, what)


class Told(NamedTuple):
    """A command to an opening, with the events before it."""

    past: tuple[Event, ...]
    command: Command

    def then(self, *expected: Event) -> None:
        """Expect these events, or none."""
        assert decide(self.command, opening_after(*self.past)) == expected

    def is_refused(self, refusal: type[Refusal], field: str | None = None) -> None:
        """Expect the refusal, with that field."""
        with pytest.raises(refusal) as caught:
            decide(self.command, opening_after(*self.past))
        assert (caught.type, caught.value.field) == (refusal, field)


class Given(NamedTuple):
    """The events of an opening before the command."""

    past: tuple[Event, ...]

    def when(self, command: Command) -> Told:
        """Name the command."""
        return Told(self.past, command)


def given(*past: Event) -> Given:
    """Start from these events of an opening."""
    return Given(past)


def opening_after(*past: Event) -> OpeningState | None:
    """Return the opening after these events."""
    state: OpeningState | None = None
    for event in past:
        state = evolve(state, event)
    return state
