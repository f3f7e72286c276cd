"""The route of a desk: what waits there."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import json_answer
from api.calls import Call, JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, number_of, paged
from application.access.authorisation import Action, authorise_at_desk
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


async def _own_pseudonyms(call: Call) -> Collection[str]:
    keys = await call.services.window.vault.keys_of(call.caller.issuer, call.caller.subject)
    return [str(key.key_ref) for key in keys if key.role == "official"]
