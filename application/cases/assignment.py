"""The desk gives its oldest case to the official who asks for work; nobody picks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise_at_desk
from application.access.callers import Caller
from application.cases.case_streams import LoadedCase, load_case
from application.cases.casework import Written, written
from application.deciding import answer_to_repeat, change
from application.idempotency import Idempotency
from application.window import Window
from domain.agency.state import USUAL_DESK_LIMIT
from domain.case.commands import AssignCase
from domain.case.refusals import DeskLimitReached
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.refusals import Refusal
from domain.stream_kinds import CASE
from ledger.refusals import VersionConflictError
from ledger.store.entries import IdempotencyKey

OldestUnassigned: TypeAlias = Callable[[int], Awaitable[tuple[int, UUID] | None]]
Ended: TypeAlias = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]


_DESK: Final = Actor(role="window", pseudonym="desk")
_TRIES: Final = 5


class _Attempts(NamedTuple):
    """How many cases of which desk an official may have who asks for work; `idle` keys do not count."""

    caller: Caller
    agency: str
    desk: str
    limit: int
    idle: Sequence[UUID]
    key: IdempotencyKey | None


async def take_assignment(
    window: Window,
    caller: Caller,
    desk: str,
    oldest_unassigned: OldestUnassigned,
    *,
    ended: Ended | None = None,
    idempotency: Idempotency | None = None,
) -> Written | None:
    """Assign the desk's oldest waiting case to the caller; None when none waits.

    The worklist may lag behind the ledger, so each case is checked in its stream. A case that somebody else has just
    received is skipped, and so is one in which the caller is a party. A repeat with the same Idempotency-Key returns
    the same case. When no case waited, or the limit was reached, nothing was stored, so a repeat asks again.

    Args:
        window: the window.
        caller: an official.
        desk: the desk at which the caller asks for work.
        oldest_unassigned: asks the worklist for the oldest case submitted after a position; returns it with its own
            position.
        ended: returns which of the given cases have ended, as a view knows it; these are not read from the ledger.
        idempotency: identifies a repeat of the request.

    Raises:
        NotAllowedError, NotYourDeskError: the caller is no official, or does not sit at that desk.
        DeskLimitReached: the caller already has as many open cases of that desk as the agency allows.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    agency = authorise_at_desk(caller, Action.TAKE_ASSIGNMENT, desk)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    if answered := await answer_to_repeat(window, CASE, key):
        return written(answered)
    attempts: _Attempts | None = None
    position = 0
    try:
        while candidate := await oldest_unassigned(position):
            position, case_id = candidate
            attempts = attempts or await _attempts(window, caller, agency, desk, ended, key)
            given = await _assign(window, attempts, case_id)
            if given is not None:
                return given
    except DeskLimitReached:
        if answered := await answer_to_repeat(window, CASE, key):
            return written(answered)
        raise
    answered = await answer_to_repeat(window, CASE, key)  # the same request, sent twice at once, may have got it
    return written(answered) if answered else None


async def _attempts(
    window: Window, caller: Caller, agency: str, desk: str, ended: Ended | None, key: IdempotencyKey | None
) -> _Attempts:
    """Return the desk's limit, and which of the official's keys belong to no open case of theirs at this desk."""
    registered = (await window.catalogue.agency(agency)).state
    limit = registered.limit_at(desk) if registered else USUAL_DESK_LIMIT
    held = [own for own in await window.vault.keys_of(caller.issuer, caller.subject) if own.role == "official"]
    known = await ended([own.case_id for own in held]) if ended and held else set()
    open_ones = [own for own in held if own.case_id not in known]
    cases = await asyncio.gather(*(load_case(window.ledger, own.case_id) for own in open_ones))
    idle = [own.key_ref for own in held if own.case_id in known]
    idle += [
        own.key_ref
        for own, case in zip(open_ones, cases, strict=True)
        if case.state is None or not _counts(case.state, str(own.key_ref), agency, desk)
    ]
    return _Attempts(caller, agency, desk, limit, idle, key)


def _counts(state: CaseState, pseudonym: str, agency: str, desk: str) -> bool:
    """Return whether the official has the case, or may get it soon: another attempt may be under way."""
    is_there = (state.agency, state.desk) == (agency, desk)
    return is_there and not state.has_ended and state.official in {None, pseudonym}


async def _assign(window: Window, attempts: _Attempts, case_id: UUID) -> Written | None:
    caller = attempts.caller
    found = await load_case(window.ledger, case_id)
    if not _waits(found, attempts):
        return None
    if await window.vault.find(caller.issuer, caller.subject, case_id) is not None:
        return None  # nobody decides their own case
    tried = await window.vault.try_for_case(caller.issuer, caller.subject, case_id, attempts.idle, attempts.limit)
    if tried.verdict == "full":
        limit = attempts.limit
        raise DeskLimitReached(f"an official may have {limit} open cases of this desk at a time, and you have {limit}")
    if tried.key_ref is None:
        return None  # another request of the same official is just being given it
    given = await _append(window, attempts, found, str(tried.key_ref))
    if tried.verdict == "made" and (given is None or given.case_id != case_id):
        # An official who did not get the case must have no pseudonym in it. After a crash before this line, a key is
        # left that gives no right.
        await window.vault.drop_tried(tried.key_ref)
    return given


def _waits(found: LoadedCase, attempts: _Attempts) -> bool:
    state = found.state
    return (
        state is not None
        and (state.agency, state.desk) == (attempts.agency, attempts.desk)
        and state.official is None
        and not state.has_ended
    )


async def _append(window: Window, attempts: _Attempts, found: LoadedCase, official: str) -> Written | None:
    """Assign the case, as long as it waits; return None when somebody else has been given it or it has ended.

    The same request, sent twice at once, may have been given another case, which is the answer.
    """
    for _ in range(_TRIES):
        command = AssignCase(at=window.clock(), actor=_DESK, desk=attempts.desk, official=official)
        try:
            return written(await change(window, found, command, key=attempts.key))
        except Refusal:
            return None
        except VersionConflictError:  # its applicant or the clock, say, has changed it in this moment: it still waits
            found = await load_case(window.ledger, found.stream)
            if not _waits(found, attempts):
                return None
    return None
