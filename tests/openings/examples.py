"""An opening of the identities in a case of the small town, and one event of every topic about it."""

from datetime import datetime, timedelta

from domain.envelope import Actor
from domain.event import Event
from domain.opening.commands import AgreeToOpening, AskOpening, Command, DropOpening, RecordOpeningLook
from domain.opening.decisions import decide, hour_of
from domain.opening.events import IdentitiesOpened, Looked, OpeningAsked, OpeningDropped, OpeningLookRecorded
from domain.opening.state import OpeningState, evolve
from tests.domain.streams_told import StreamsTold
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


OF_OPENINGS: StreamsTold[Command, OpeningState] = StreamsTold(decide, evolve)
given, opening_after = OF_OPENINGS.given, OF_OPENINGS.after
