"""The route by which an official gives a case back that they must not decide."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.calls import JsonCall
from api.case_document import CaseDocument, written_case
from api.documentation import described
from application.access.authorisation import Action, authorise
from application.cases.recusal import recuse

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["desks"])


@router.post(
    "/recusal",
    **described("Recuse oneself", Action.WORK_ON_CASE, gives=CaseDocument, refuses=(404, 409)),
)
async def recuse_oneself(case_id: UUID, call: JsonCall) -> Response:
    """Give a case back before looking at it: another official is drawn. No body and no version are needed."""
    authorise(call.caller, Action.WORK_ON_CASE)
    return json_answer(*written_case(await recuse(call.services.window, call.caller, case_id)))
