"""The route of a caller's own cases. The vault finds them, since the ledger cannot tell whose they are."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.calls import Call, JsonCall
from api.case_document import CasesPage
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_current, reach
from api.paging import DEFAULT_LIMIT, Cursor, Limit, case_of, paged
from application.access.authorisation import Action, authorise
from application.mandates.representing import theirs_now
from projections.case_status.types import CaseStatus
from projections.view_type import written_as

router = APIRouter(prefix="/v1", tags=["cases"])

_ROUNDS = 10


@router.get("/my/cases", **described("List one's own cases", Action.LIST_OWN_CASES, gives=CasesPage, headers=FRESHNESS))
async def list_own_cases(
    call: JsonCall,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """List the caller's own cases and those in which they may act for the applicant now, the newest first."""
    authorise(call.caller, Action.LIST_OWN_CASES)
    before = case_of(cursor)
    headers = await catch_up(call, "case_status")
    statuses, last = await _page(call, before, limit)
    body, link = paged(call.request, map(written_as, statuses), last.hex if last else None)
    return json_answer(body, 200, headers | link)


async def _page(call: Call, before: UUID | None, limit: int) -> tuple[list[CaseStatus], UUID | None]:
    """Return the next cases, and the case below which the next page begins; None when there are no more.

    A key whose case was never submitted has no status, so the next key takes its place. If a case is in the ledger but
    not yet in the view, this waits for the view: no list may lack one of the caller's requests.
    """
    caller, services = call.caller, call.services
    found: list[CaseStatus] = []
    for _ in range(_ROUNDS):
        wanted = limit - len(found)
        own = await services.window.vault.cases_of(caller.issuer, caller.subject, before, wanted)
        statuses = await statuses_of(call, await theirs_now(services.window, caller, own))
        found += [status for status in statuses if status is not None]
        if len(own) < wanted:
            return found, None
        before = own[-1].case_id
        if len(found) == limit:
            break
    return found, before


async def statuses_of(call: Call, cases: Sequence[UUID]) -> Sequence[CaseStatus | None]:
    """Return where these cases stand, None for each that was never submitted."""
    ledger, view = call.services.window.ledger, call.services.views.case_status
    statuses = await view.statuses(cases)
    missing = [case for case, status in zip(cases, statuses, strict=True) if status is None]
    if missing and await ledger.existing(missing):
        await reach(call, ["case_status"], await ledger.head())
        statuses = await view.statuses(cases)
    if call.services.views.positions.seen_stopped(["case_status"]):
        for entries in await asyncio.gather(*(ledger.read_stream(case) for case in cases)):
            check_current(call, "case_status", entries[-1].position if entries else 0)
    return statuses
