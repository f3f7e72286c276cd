"""Turns what happened to an opening of identities back into the commands that led to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from application.identity import opening_stream
from application.verifying.claims import Claim
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from application.verifying.sealed_words import SOME_WORDS
from domain.opening import commands, events
from domain.opening.decisions import SHORTEST_REASON, decide
from domain.opening.state import OpeningState, evolve

_DAY: Final = timedelta(days=1)
_SOME_REASON: Final = SOME_WORDS * SHORTEST_REASON


def _command(one: Occurrence, opening: OpeningState | None, precedents: Precedents) -> commands.Command:
    """Return the command that must have led to this event."""
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    if one.envelope.agencies:
        raise IllegalEventError("an opening of identities concerns no agency")
    match event:
        case events.OpeningAsked():
            _is_for_the_applicant(one, precedents, event)
            days, sealed_days = _days(at, event.until), _days(at, event.sealed_until)
            return commands.AskOpening(at, actor, event.case_id, event.number, days, sealed_days, _reason(one))
        case events.IdentitiesOpened():
            _is_of_the_case(event, opening)
            _is_for_the_applicant(one, precedents, event)
            return commands.AgreeToOpening(at, actor, _reason(one))
        case events.OpeningDropped():
            return commands.DropOpening(at, actor)
        case events.OpeningLookRecorded():
            return commands.RecordOpeningLook(at, actor, event.looked_at)
        case _:
            raise IllegalEventError(f"a {event.topic} does not happen to an opening")


def _is_of_the_case(event: events.IdentitiesOpened, opening: OpeningState | None) -> None:
    """Check it before the key is: which applicant's key it must be follows from the case that the event names."""
    if opening is not None and event.case_id != opening.case_id:
        raise IllegalEventError("case_id is not what the rules give")


def _is_for_the_applicant(
    one: Occurrence, precedents: Precedents, event: events.OpeningAsked | events.IdentitiesOpened
) -> None:
    if one.key_ref is not None and one.key_ref != precedents.applicant(event.case_id):
        raise IllegalEventError("its reason is sealed for somebody else than the applicant")


def _reason(one: Occurrence) -> str:
    """Return a possible reason in place of the sealed one."""
    if one.sealed != ("reason",):
        raise IllegalEventError("whoever opens identities says why")
    return _SOME_REASON


def _days(since: datetime, until: datetime) -> int:
    """Return the whole days; that there is nothing beside them follows from the instant that the rules give."""
    return (until - since) // _DAY


def _claims(one: Occurrence) -> Sequence[Claim]:
    """Return what an opening claims: that there was the case."""
    return (Claim(one.event.case_id, one.position, None),) if isinstance(one.event, events.OpeningAsked) else ()


OPENING: Final = Kind(
    events.OpeningAsked,
    _command,
    decide,
    evolve,
    stream_of=lambda opening: opening_stream(opening.case_id, opening.number),
    claims=_claims,
    only_people_ask=True,
)
