"""The desk gives its oldest case to the official who asks for work; nobody picks."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from application.authorisation import Action, NotAllowedError, authorise
from application.callers import Caller
from application.casework import Written
from application.recording import envelope_of, new_events
from application.streams import load_case
from application.window import Window
from domain.case.commands import AssignCase
from domain.case.decisions import decide
from domain.case.state import evolve
from domain.envelope import Actor
from domain.refusals import Refusal
from ledger.refusals import VersionConflictError

OldestUnassigned: TypeAlias = Callable[[int], Awaitable[tuple[int, UUID] | None]]


async def take_assignment(
    window: Window, caller: Caller, desk: str, oldest_unassigned: OldestUnassigned
) -> Written | None:
    """Assign the desk's oldest waiting case to the caller; None when none waits.

    The worklist may lag behind the ledger, so each case is looked at in its stream, and one that somebody else has
    just been given is passed over.

    Args:
        window: the window.
        caller: an official.
        desk: where the caller asks for work.
        oldest_unassigned: the worklist: the oldest case submitted after a position, with its own position.

    Raises:
        NotAllowedError: the caller is no official, or does not sit at that desk.
    """
    authorise(caller, Action.TAKE_ASSIGNMENT)
    if caller.agency is None or not caller.sits_at(caller.agency, desk):
        raise NotAllowedError(Action.TAKE_ASSIGNMENT, caller.role)
    position = 0
    while candidate := await oldest_unassigned(position):
        position, case_id = candidate
        written = await _assign(window, caller, desk, case_id)
        if written is not None:
            return written
    return None


async def _assign(window: Window, caller: Caller, desk: str, case_id: UUID) -> Written | None:
    state, version = await load_case(window, case_id)
    if state is None or (state.agency, state.desk) != (caller.agency, desk) or state.official is not None:
        return None
    own = await window.vault.make_key(caller.issuer, caller.subject, case_id, "official")
    actor = Actor(role="window", pseudonym="desk")
    at = window.clock()
    try:
        events = decide(AssignCase(at=at, actor=actor, desk=desk, official=str(own.key_ref)), state)
        stored = new_events(case_id, version, events, envelope_of(actor, [state.agency], at, case_id), None)
        appended = await window.ledger.append(stored)
    except (Refusal, VersionConflictError):
        return None  # the case has moved on in this moment
    for event in events:
        state = evolve(state, event)
    return Written(case_id, appended.version, appended.position, state, repeated=False)
