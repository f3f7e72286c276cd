"""The routes of a desk: what waits there, and who takes the next case."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.answers import json_answer
from api.calls import Call, JsonCall
from api.case_document import CaseDocument, written_case
from api.documentation import FRESHNESS, IDEMPOTENCY_KEY, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, number_of, paged
from api.preconditions import idempotency
from application.access.authorisation import Action, authorise_at_desk
from application.cases.assignment import take_assignment
from domain.values import Slug
from projections.view_type import ViewType, written_as
from projections.worklist.types import WorklistItem

router = APIRouter(prefix="/v1/desks/{desk}", tags=["desks"])

Desk = Annotated[Slug, Path(description="A desk of the caller's own agency.")]


class Show(StrEnum):
    """Which cases of a desk."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"


class WorklistPage(ViewType):
    """Open cases at a desk, the oldest first; `next` is the cursor of the page after this one."""

    items: list[WorklistItem]
    next: str | None


@router.get(
    "/worklist", **described("Read a desk's worklist", Action.READ_WORKLIST, gives=WorklistPage, headers=FRESHNESS)
)
async def read_worklist(
    desk: Desk,
    call: JsonCall,
    show: Show = Show.ALL,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Read the open cases of a desk at which the caller sits."""
    agency = authorise_at_desk(call.caller, Action.READ_WORKLIST, desk)
    headers = await catch_up(call, "worklist")
    items = await call.services.views.worklist.page(
        agency,
        [desk],
        after=number_of(cursor) or 0,
        limit=limit,
        officials=await _own_pseudonyms(call) if show is Show.MINE else None,
        unassigned=show is Show.UNASSIGNED,
    )
    body, link = paged(
        call.request, map(written_as, items), last_of(items, limit, lambda each: str(each.submitted_position))
    )
    return json_answer(body, 200, headers | link)


@router.post(
    "/assignments",
    **described(
        "Be given the desk's oldest waiting case",
        Action.TAKE_ASSIGNMENT,
        status=201,
        gives=CaseDocument,
        headers=(IDEMPOTENCY_KEY, *FRESHNESS),
        refuses=(409, 422),
        also={204: "Nothing waits."},
    ),
)
async def take_oldest(desk: Desk, call: JsonCall) -> Response:
    """Ask the desk to assign its oldest waiting case to the caller, up to the desk's limit. Nobody picks a case.

    A repeat with the same Idempotency-Key gives the same case. If nothing waited, the repeat asks again.
    """
    agency = authorise_at_desk(call.caller, Action.TAKE_ASSIGNMENT, desk)
    await catch_up(call, "worklist")
    worklist = call.services.views.worklist

    async def oldest(after: int) -> tuple[int, UUID] | None:
        return await worklist.oldest_unassigned(agency, desk, after)

    async def ended(cases: Sequence[UUID]) -> set[UUID]:
        statuses = await call.services.views.case_status.statuses(cases)
        return {status.case_id for status in statuses if status is not None and status.closed_at is not None}

    written = await take_assignment(
        call.services.window, call.caller, desk, oldest, ended=ended, idempotency=idempotency(call.request)
    )
    if written is None:
        await check_absence(call, "worklist")
        return Response(None, 204)
    return json_answer(*written_case(written, 201))


async def _own_pseudonyms(call: Call) -> Collection[str]:
    keys = await call.services.window.vault.keys_of(call.caller.issuer, call.caller.subject)
    return [str(key.key_ref) for key in keys if key.role == "official"]
