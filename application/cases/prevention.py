"""Prevents a case or a mandate whose key was destroyed before its first event; the ledger decides which comes first.

The first event and the prevention are both the first of the same stream, and the ledger accepts only one.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from application.cases.case_streams import is_case_id
from application.storing import envelope_of, new_events
from application.window import Window
from domain.case.events import CaseSubmitted
from domain.envelope import Actor
from domain.mandate.events import MandateGiven
from domain.opening.events import OpeningAsked
from domain.submission.events import SubmissionPrevented
from ledger.refusals import VersionConflictError
from ledger.vault.sweep import sweep

_SWEEP: Final = Actor(role="window", pseudonym="sweep")
_AT_ONCE: Final = 200
_FIRST: Final = frozenset({CaseSubmitted.topic, MandateGiven.topic, OpeningAsked.topic})


async def prevent_submission(window: Window, case_id: UUID, actor: Actor) -> bool:
    """Make the ledger refuse the case or mandate forever; return whether it can certainly never exist.

    Raises:
        LedgerBusyError, LedgerUnavailableError.
    """
    if not is_case_id(case_id):
        return True
    at = window.clock()
    events = new_events(case_id, 0, [SubmissionPrevented()], envelope_of(actor, (), at, case_id), None)
    try:
        await window.ledger.append(events)
    except VersionConflictError:
        return not await begun_among(window, [case_id])
    return True


async def begun_among(window: Window, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the ids belong to submitted cases, given mandates, or openings that were asked for."""
    begun = await window.ledger.beginnings(ids)
    return {each for each, topic in begun.items() if topic in _FIRST}


async def sweep_orphans(window: Window, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete the older keys whose case or mandate was never stored and now never can be; return how many.

    Raises:
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """

    async def prevented(case_ids: Sequence[UUID]) -> set[UUID]:
        sure: set[UUID] = set()
        for start in range(0, len(case_ids), _AT_ONCE):
            part = case_ids[start : start + _AT_ONCE]
            told = await asyncio.gather(*(prevent_submission(window, case_id, _SWEEP) for case_id in part))
            sure |= {case_id for case_id, is_sure in zip(part, told, strict=True) if is_sure}
        return sure

    async def cases(case_ids: Sequence[UUID]) -> set[UUID]:
        return await begun_among(window, case_ids)

    return await sweep(window.vault, cases, prevented, older_than)
