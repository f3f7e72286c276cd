"""Reads a person's life events: the vault knows their cases, and the ledger where these stand."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import entries_of_case
from application.window import Window
from domain.case.state import CaseState, evolve
from domain.life_event.stage import StageMove, Standing, standing_after
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.store.ledger import LAST, Ledger
from ledger.vault.vault import PersonLifeEvent


class LifeEventNotFoundError(Exception):
    """The caller has no such life event."""


class CaseOfLifeEvent(NamedTuple):
    """A case of a life event: where it stands, and since when."""

    case_id: UUID
    state: CaseState
    since: datetime


class LifeEvent(NamedTuple):
    """A life event: the service that opens its cases, where it stands, and the cases in the order of the ledger.

    `position` is that of the last event of any of them.
    """

    life_event: UUID
    service: str
    standing: Standing
    cases: Sequence[CaseOfLifeEvent]
    position: int


class _Followed(NamedTuple):
    """A case, with the positions at which it came into another stage."""

    case: CaseOfLifeEvent
    moves: Sequence[tuple[int, StageMove]]
    position: int


async def own_life_event(window: Window, caller: Caller, life_event: UUID) -> LifeEvent:
    """Return the caller's life event as it is now.

    Raises:
        NotAllowedError: the caller's role may not do this.
        LifeEventNotFoundError: there is no such life event, or it is somebody else's.
        LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.LIST_OWN_CASES)
    own = await window.vault.life_event(caller.issuer, caller.subject, life_event)
    found = None if own is None else await as_it_stands(window.ledger, own)
    if found is None:
        raise LifeEventNotFoundError
    return found


async def as_it_stands(ledger: Ledger, own: PersonLifeEvent) -> LifeEvent | None:
    """Return a life event as it is now; None when none of its cases was ever submitted, or the person was erased."""
    return await _followed(ledger, own.life_event, own.service, [(case_id, LAST) for case_id in own.cases])


async def life_event_after(
    ledger: Ledger, life_event: UUID, service: str, cases: Sequence[tuple[UUID, int]]
) -> LifeEvent:
    """Return a life event as it was when its cases had these versions.

    Raises:
        LifeEventNotFoundError: the ledger has none of them.
    """
    found = await _followed(ledger, life_event, service, cases)
    if found is None:
        raise LifeEventNotFoundError
    return found


async def _followed(
    ledger: Ledger, life_event: UUID, service: str, cases: Sequence[tuple[UUID, int]]
) -> LifeEvent | None:
    found = await asyncio.gather(*(_follow(ledger, case_id, up_to) for case_id, up_to in cases))
    there = [one for one in found if one is not None]
    if not there:
        return None
    moves = sorted(move for one in there for move in one.moves)
    return LifeEvent(
        life_event,
        service,
        standing_after(move for _, move in moves),
        [one.case for one in sorted(there, key=lambda one: one.moves[0])],
        max(one.position for one in there),
    )


async def _follow(ledger: Ledger, case_id: UUID, up_to: int) -> _Followed | None:
    """Return a case and its moves from stage to stage; None when it was never submitted."""
    state: CaseState | None = None
    moves: list[tuple[int, StageMove]] = []
    position = 0
    for entry in await entries_of_case(ledger, case_id):
        if entry.version > up_to:
            break
        if entry.topic not in TOPICS:
            continue  # another application's, behind ours
        recorded = decode(entry)
        before, state = state, evolve(state, recorded.event)
        position = entry.position
        if before is None or before.stage is not state.stage:
            moves.append((entry.position, StageMove(case_id, state.stage, recorded.envelope.occurred_at)))
    if state is None or (up_to == LAST and state.applicant_is_erased):  # the keys are about to be destroyed
        return None
    return _Followed(CaseOfLifeEvent(case_id, state, moves[-1][1].at), moves, position)
