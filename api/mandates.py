"""The routes of mandates: give one, answer or end it, see one's own, and see for which cases one is."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import case_headers, json_answer
from api.bodies import read_body
from api.calls import Call, JsonCall
from api.case_document import CasesPage
from api.documentation import FRESHNESS, IDEMPOTENCY_KEY, described
from api.freshness import catch_up
from api.mandate_document import MandateDocument, MandatesPage, written_mandate
from api.my_cases import statuses_of
from api.paging import DEFAULT_LIMIT, Cursor, Limit, case_of, paged
from api.preconditions import idempotency
from application.access.authorisation import Action, authorise
from application.mandates.answering import accept_mandate, decline_mandate, revoke_mandate
from application.mandates.giving import give_mandate
from application.mandates.listing import cases_of_giver, is_for, own_mandate, own_mandates
from application.mandates.requests import MandateToGive
from application.mandates.streams import HeldMandate, held_mandate
from projections.case_status.types import CaseStatus
from projections.view_type import written_as

router = APIRouter(prefix="/v1", tags=["mandates"])

_ROUNDS = 10


@router.post(
    "/mandates",
    **described(
        "Give a mandate",
        Action.KEEP_MANDATES,
        status=201,
        gives=MandateDocument,
        takes=MandateToGive,
        headers=(IDEMPOTENCY_KEY,),
        refuses=(404, 422),
    ),
)
async def give_a_mandate(call: JsonCall) -> Response:
    """Offer somebody the right to act for the caller, or for an organisation that their login proves.

    Only whoever gives it and whom it is offered to can read what it says.
    """
    authorise(call.caller, Action.KEEP_MANDATES)
    request, sent = await read_body(call, MandateToGive)
    window = call.services.window
    given = await give_mandate(window, call.caller, request, idempotency(call.request, sent))
    headers = case_headers(given.version, given.position) | {"Location": f"/v1/mandates/{given.stream}"}
    return json_answer(written_mandate(await own_mandate(window, call.caller, given.stream)), 201, headers)


@router.get("/my/mandates", **described("List one's own mandates", Action.KEEP_MANDATES, gives=MandatesPage))
async def list_own_mandates(call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> Response:
    """List what the caller, or an organisation of theirs, has given, and what they have accepted or are offered."""
    authorise(call.caller, Action.KEEP_MANDATES)
    items, last = await own_mandates(call.services.window, call.caller, case_of(cursor), limit)
    body, link = paged(call.request, map(written_mandate, items), last.hex if last else None)
    return json_answer(body, 200, link)


@router.get(
    "/mandates/{mandate_id}",
    **described("Read a mandate", Action.KEEP_MANDATES, gives=MandateDocument, refuses=(404,)),
)
async def read_a_mandate(mandate_id: UUID, call: JsonCall) -> Response:
    """Read a mandate. One that the caller has nothing to do with is answered like one that does not exist."""
    return json_answer(written_mandate(await own_mandate(call.services.window, call.caller, mandate_id)))


@router.post(
    "/mandates/{mandate_id}/acceptance",
    **described("Accept a mandate", Action.KEEP_MANDATES, gives=MandateDocument, refuses=(404, 409)),
)
async def accept_a_mandate(mandate_id: UUID, call: JsonCall) -> Response:
    """Accept a mandate that names the caller by what their login says. A repeat changes nothing."""
    window = call.services.window
    changed = await accept_mandate(window, call.caller, mandate_id)
    headers = case_headers(changed.version, changed.position)
    return json_answer(written_mandate(await own_mandate(window, call.caller, mandate_id)), 200, headers)


@router.post(
    "/mandates/{mandate_id}/refusal",
    **described("Decline a mandate", Action.KEEP_MANDATES, status=204, refuses=(404, 409)),
)
async def decline_a_mandate(mandate_id: UUID, call: JsonCall) -> Response:
    """Decline a mandate that is offered to the caller; they are shown it no more."""
    await decline_mandate(call.services.window, call.caller, mandate_id)
    return Response(None, 204)


@router.post(
    "/mandates/{mandate_id}/revocation",
    **described("End a mandate", Action.KEEP_MANDATES, status=204, refuses=(404, 409)),
)
async def revoke_a_mandate(mandate_id: UUID, call: JsonCall) -> Response:
    """Take a mandate back, or give it back. Nobody acts by it from then on. A repeat changes nothing."""
    await revoke_mandate(call.services.window, call.caller, mandate_id)
    return Response(None, 204)


@router.get(
    "/mandates/{mandate_id}/cases",
    **described(
        "List the cases that a mandate is for",
        Action.REPRESENT,
        gives=CasesPage,
        headers=FRESHNESS,
        refuses=(404, 409),
    ),
)
async def list_cases_of_mandate(
    mandate_id: UUID, call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """List the giver's cases in which the caller may act by a mandate that they have accepted, the newest first."""
    authorise(call.caller, Action.REPRESENT)
    before = case_of(cursor)
    headers = await catch_up(call, "case_status")
    held = await held_mandate(call.services.window, call.caller, mandate_id)
    statuses, last = await _page(call, held, before, limit)
    body, link = paged(call.request, map(written_as, statuses), last.hex if last else None)
    return json_answer(body, 200, headers | link)


async def _page(call: Call, held: HeldMandate, before: UUID | None, limit: int) -> tuple[list[CaseStatus], UUID | None]:
    """Return the next cases, and the case below which the next page begins; None when there are no more."""
    window = call.services.window
    found: list[CaseStatus] = []
    for _ in range(_ROUNDS):
        wanted = limit - len(found)
        cases = await cases_of_giver(window, held, before, wanted)
        found += [each for each in await statuses_of(call, cases) if each and is_for(window, held, each)]
        if len(cases) < wanted:
            return found, None
        before = cases[-1]
        if len(found) == limit:
            break
    return found, before
