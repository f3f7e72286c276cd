"""The routes by which two auditors open the identities in a case together, and read them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import Call, JsonCall
from api.documentation import IDEMPOTENCY_KEY, described
from api.opening_document import (
    IdentitiesDocument,
    OpeningDocument,
    OpeningsDocument,
    written_identities,
    written_opening,
    written_openings,
)
from api.preconditions import idempotency
from application.access.authorisation import Action, authorise
from application.deciding import Changed
from application.openings.listing import seen_opening, seen_openings
from application.openings.opening import agree_to_opening, ask_opening, take_opening_back
from application.openings.reading import read_identities
from application.openings.requests import OpeningToAgreeTo, OpeningToAsk
from domain.opening.state import OpeningState

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["auditors"])

_MOST_OPENINGS = 1_000_000
OpeningNumber = Annotated[int, Path(ge=1, le=_MOST_OPENINGS, description="Of the opening: 1 is the case's first.")]


@router.post(
    "/openings",
    **described(
        "Ask to open the identities in a case",
        Action.OPEN_IDENTITIES,
        status=201,
        gives=OpeningDocument,
        takes=OpeningToAsk,
        headers=(IDEMPOTENCY_KEY,),
        refuses=(404, 422),
    ),
)
async def ask_an_opening(case_id: UUID, call: JsonCall) -> Response:
    """Ask for it, with a reason and for a time, as the first of two auditors. Nothing is opened before another agrees.

    The applicant is told of it when the seal expires, and not before.
    """
    authorise(call.caller, Action.OPEN_IDENTITIES)
    request, sent = await read_body(call, OpeningToAsk)
    once = idempotency(call.request, sent)
    return await _answer(call, await ask_opening(call.services.window, call.caller, case_id, request, once), 201)


@router.get(
    "/openings",
    **described("List the openings of a case", Action.OPEN_IDENTITIES, gives=OpeningsDocument, refuses=(404, 409)),
)
async def list_openings(case_id: UUID, call: JsonCall) -> Response:
    """List who has opened the identities in a case, why and until when. It is no look at the case."""
    return json_answer(written_openings(await seen_openings(call.services.window, call.caller, case_id)))


@router.post(
    "/openings/{number}/second",
    **described(
        "Agree to opening the identities in a case",
        Action.OPEN_IDENTITIES,
        gives=OpeningDocument,
        takes=OpeningToAgreeTo,
        headers=(IDEMPOTENCY_KEY,),
        refuses=(404, 422),
    ),
)
async def agree_to_an_opening(case_id: UUID, number: OpeningNumber, call: JsonCall) -> Response:
    """Agree as the second auditor, who is another person than the first. Both may read the identities from now on."""
    authorise(call.caller, Action.OPEN_IDENTITIES)
    request, sent = await read_body(call, OpeningToAgreeTo)
    once = idempotency(call.request, sent)
    return await _answer(
        call, await agree_to_opening(call.services.window, call.caller, case_id, number, request, once)
    )


@router.post(
    "/openings/{number}/withdrawal",
    **described(
        "Take the opening of identities back", Action.OPEN_IDENTITIES, gives=OpeningDocument, refuses=(404, 409)
    ),
)
async def take_an_opening_back(case_id: UUID, number: OpeningNumber, call: JsonCall) -> Response:
    """Take it back, as the auditor who has asked for it: nobody reads by it any more. A repeat changes nothing."""
    return await _answer(call, await take_opening_back(call.services.window, call.caller, case_id, number))


@router.get(
    "/identities",
    **described("Read the identities in a case", Action.OPEN_IDENTITIES, gives=IdentitiesDocument, refuses=(404, 409)),
)
async def read_the_identities(case_id: UUID, call: JsonCall) -> Response:
    """Read who the applicant is, and who acts for them, as one of the two auditors. The read is recorded first."""
    return json_answer(written_identities(await read_identities(call.services.window, call.caller, case_id)))


async def _answer(call: Call, changed: Changed[OpeningState], status: int = 200) -> Response:
    state = changed.state
    seen = await seen_opening(call.services.window, call.caller, state.case_id, state.number)
    headers = {} if changed.position is None else {"Position-Token": str(changed.position)}
    return json_answer(written_opening(seen), status, headers)
