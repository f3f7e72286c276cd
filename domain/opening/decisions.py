"""Decides an opening's commands. Whoever takes back or reads what they have taken back or read changes nothing."""

from datetime import datetime, timedelta
from typing import Final, assert_never

from domain.event import Event
from domain.opening.commands import AgreeToOpening, AskOpening, Command, DropOpening, RecordOpeningLook
from domain.opening.events import IdentitiesOpened, OpeningAsked, OpeningDropped, OpeningLookRecorded
from domain.opening.refusals import (
    FirstAuditorErased,
    IdentitiesNotOpened,
    NotAnAuditor,
    NotTheFirstAuditor,
    OpeningAgreedAlready,
    OpeningAskedAlready,
    OpeningNotAsked,
    OpeningOver,
    OpeningTooLong,
    ReasonTooLong,
    ReasonTooShort,
    SealTooLong,
    SecondAuditorIsTheFirst,
)
from domain.opening.state import OpeningState, OpeningStatus, PastLook
from domain.text import check_texts

MOST_DAYS: Final = 30
MOST_SEALED_DAYS: Final = 180
AGREED_WITHIN: Final = timedelta(days=7)
SHORTEST_REASON: Final = 20
LONGEST_REASON: Final = 2000


def decide(command: Command, state: OpeningState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    if command.actor.role != "auditor":
        raise NotAnAuditor
    if isinstance(command, AskOpening):
        return (_asked(command, state),)
    if state is None:
        raise OpeningNotAsked
    match command:
        case AgreeToOpening():
            return (_agreed(command, state),)
        case DropOpening():
            return _dropped(command, state)
        case RecordOpeningLook():
            return _looked(command, state)
        case _:
            assert_never(command)


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def _asked(command: AskOpening, state: OpeningState | None) -> OpeningAsked:
    if state is not None:
        raise OpeningAskedAlready
    if not 1 <= command.days <= MOST_DAYS:
        raise OpeningTooLong(field="days")
    if not 0 <= command.sealed_days <= MOST_SEALED_DAYS:
        raise SealTooLong(field="sealedDays")
    _says_enough(command.reason)
    until = command.at + timedelta(days=command.days)
    asked = OpeningAsked(
        case_id=command.case_id,
        number=command.number,
        auditor=command.actor.pseudonym,
        until=until,
        sealed_until=command.at + timedelta(days=command.sealed_days),
        lapses_at=min(until, command.at + AGREED_WITHIN),
        reason=command.reason,
    )
    check_texts([asked])
    return asked


def _agreed(command: AgreeToOpening, state: OpeningState) -> IdentitiesOpened:
    if state.second is not None:
        raise OpeningAgreedAlready
    if state.status(command.at) is not OpeningStatus.ASKED:
        raise OpeningOver
    if not command.first_is_known:
        raise FirstAuditorErased
    if command.is_the_first or command.actor.pseudonym == state.first:
        raise SecondAuditorIsTheFirst
    _says_enough(command.reason)
    opened = IdentitiesOpened(case_id=state.case_id, auditor=command.actor.pseudonym, reason=command.reason)
    check_texts([opened])
    return opened


def _dropped(command: DropOpening, state: OpeningState) -> tuple[Event, ...]:
    if command.actor.pseudonym != state.first:
        raise NotTheFirstAuditor
    if state.is_dropped:
        return ()
    if state.status(command.at) in {OpeningStatus.LAPSED, OpeningStatus.ENDED}:
        raise OpeningOver
    return (OpeningDropped(case_id=state.case_id),)


def _looked(command: RecordOpeningLook, state: OpeningState) -> tuple[Event, ...]:
    auditor, hour = command.actor.pseudonym, hour_of(command.at)
    if command.looked_at == "identities":
        if not state.is_by(auditor) or state.status(command.at) is not OpeningStatus.OPENED:
            raise IdentitiesNotOpened
    elif not state.hides_looks_of(auditor, command.at):
        raise IdentitiesNotOpened
    if PastLook(auditor, command.looked_at, hour) in state.looks:
        return ()
    look = OpeningLookRecorded(case_id=state.case_id, auditor=auditor, looked_at=command.looked_at, hour=hour)
    return (look,)


def _says_enough(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort(field="reason")
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(field="reason")
