"""The routes of draws, open to everybody: all of them, those of a desk, and the proof of each."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from api.answers import public_answer
from api.calls import Call, FileCall, JsonCall
from api.documentation import FRESHNESS, WAIT, described
from api.freshness import catch_up, check_absence, preferred_wait
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, number_of, paged, pair_of
from api.refusals import NothingThereError
from api.right import Right
from application.access.authorisation import Action, authorise
from application.draws.proving import proof_of_draw
from application.identity import desk_stream
from domain.values import Number, Slug
from ledger.public_log.proof_files import MEDIA_TYPE
from projections.draws.types import Draw, DrawingDesk
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/draws", tags=["draws"])

_FILE: Final = "text/plain"
Agency = Annotated[Slug, Path()]
DeskOfAgency = Annotated[Slug, Path(description="A desk of that agency.")]
DrawNumber = Annotated[Number, Path(description="Of the draw at its desk; no number is left out.")]


class DrawsPage(ViewType):
    """Draws, the earliest request first; `next` is the cursor of the page after this one."""

    items: list[Draw]
    next: str | None


class DrawingDesksPage(ViewType):
    """Desks by the names of agency and desk; `next` is the cursor of the page after this one."""

    items: list[DrawingDesk]
    next: str | None


@router.get("", **described("Read all draws", Action.READ_DRAWS, gives=DrawsPage, headers=FRESHNESS))
async def read_draws(call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Read every draw of an official, with all that is needed to compute it again; docs/draw.md says how."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    items = await call.services.views.draws.page(after=number_of(cursor) or 0, limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: str(each.position)))
    return public_answer(body, headers | link)


@router.get("/desks", **described("Count draws", Action.READ_DRAWS, gives=DrawingDesksPage, headers=FRESHNESS))
async def read_drawing_desks(call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Count the draws of each desk: how many, how many again, and how often a keeper was late."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    items = await call.services.views.draws.desks(after=pair_of(cursor) or ("", ""), limit=limit)
    last = last_of(items, limit, lambda each: f"{each.agency}/{each.desk}")
    body, link = paged(call.request, map(written_as, items), last)
    return public_answer(body, headers | link)


@router.get(
    "/{agency}/{desk}", **described("Read a desk's draws", Action.READ_DRAWS, gives=DrawsPage, headers=FRESHNESS)
)
async def read_draws_of_desk(
    agency: Agency, desk: DeskOfAgency, call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Read the draws of one desk, by their numbers."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    items = await call.services.views.draws.at_desk(agency, desk, after=number_of(cursor) or 0, limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: str(each.number)))
    return public_answer(body, headers | link)


@router.get(
    "/{agency}/{desk}/{number}",
    **described("Read a draw", Action.READ_DRAWS, gives=Draw, headers=FRESHNESS, refuses=(404,)),
)
async def read_draw(agency: Agency, desk: DeskOfAgency, number: DrawNumber, call: JsonCall) -> Response:
    """Read one draw. `case.assigned` in a case's history has its number."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    draw = await call.services.views.draws.draw(agency, desk, number)
    if draw is None:
        raise await _not_there(call)
    return public_answer(written_as(draw), headers)


def _proving() -> dict[str, Any]:
    told = described("Take home the proof of a draw", Action.READ_DRAWS, headers=(WAIT,), refuses=(404, 503))
    told["responses"][200]["content"] = {_FILE: {"schema": {"type": "string"}}}
    return told


@router.get("/{agency}/{desk}/{number}/proof", **_proving())
async def read_proof_of_draw(agency: Agency, desk: DeskOfAgency, number: DrawNumber, call: FileCall) -> Response:
    """Answer the receipts of all events that the draw was computed from; `pencere verify` computes it again offline.

    A checkpoint is signed within a second or so. `Prefer: wait=N` waits for one that covers the draw so far.
    """
    authorise(call.caller, Action.READ_DRAWS)
    services, (wait, told) = call.services, preferred_wait(call)
    versions = await services.views.draws.versions(agency, desk, number)
    if not versions:
        raise await _not_there(call)
    made = proof_of_draw(services.window.ledger, services.log, desk_stream(agency, desk), versions, within=wait)
    async with Right(call) as right:
        proof = await right.wait_for(made)
    name = f"{agency}-{desk}-{number}.draw"
    return Response(proof, 200, {"Content-Disposition": f'attachment; filename="{name}"', **told}, MEDIA_TYPE)


async def _not_there(call: Call) -> NothingThereError:
    await check_absence(call, "draws")
    return NothingThereError()
