"""The routes by which somebody acts for the applicant of a case, and stops doing so."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.case_document import CaseDocument, written_case
from api.documentation import IDEMPOTENCY_KEY, described
from api.preconditions import idempotency
from application.access.authorisation import Action, authorise
from application.mandates.joining import join_case, leave_case
from application.mandates.requests import Representation

router = APIRouter(prefix="/v1/cases/{case_id}/representation", tags=["mandates"])


@router.post(
    "",
    **described(
        "Act for the applicant of a case",
        Action.REPRESENT,
        gives=CaseDocument,
        takes=Representation,
        headers=(IDEMPOTENCY_KEY,),
        refuses=(404, 422),
    ),
)
async def represent(case_id: UUID, call: JsonCall) -> Response:
    """Act for the applicant of a case from now on: by a mandate, or for an organisation that the login proves."""
    authorise(call.caller, Action.REPRESENT)
    request, sent = await read_body(call, Representation)
    once = idempotency(call.request, sent)
    return json_answer(*written_case(await join_case(call.services.window, call.caller, case_id, request, once)))


@router.delete(
    "", **described("Act for the applicant of a case no longer", Action.REPRESENT, status=204, refuses=(404,))
)
async def stop_representing(case_id: UUID, call: JsonCall) -> Response:
    """Leave a case in which the caller acts for the applicant. Their pseudonym stays in its history."""
    await leave_case(call.services.window, call.caller, case_id)
    return Response(None, 204)
