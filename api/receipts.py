"""The routes of proofs: the receipt of an event, and the complete history of a case. Both can be checked offline."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.calls import Call, FileCall
from api.documentation import WAIT, described
from api.freshness import preferred_wait
from api.right import Right
from application.access.authorisation import Action, authorise
from application.cases.proving import complete_history_of, receipt_of
from application.cases.reading import read_own
from application.request_document import VersionNumber
from ledger.public_log.proof_files import MEDIA_TYPE

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])

_FILE: Final = "text/plain"


def _described(summary: str) -> dict[str, Any]:
    told = described(summary, Action.TAKE_PROOF, headers=(WAIT,), refuses=(404, 503))
    told["responses"][200]["content"] = {_FILE: {"schema": {"type": "string"}}}
    return told


@router.get("/receipt", **_described("Take home the receipt of an event"))
async def read_receipt(
    case_id: UUID,
    call: FileCall,
    version: Annotated[VersionNumber, Query(description="Of the event; 1 is the submission.")] = 1,
) -> Response:
    """Answer the event's open part, salt, hash of the sealed part, inclusion proof and checkpoint, as a tlog-proof.

    A checkpoint is signed within a second or so. `Prefer: wait=N` waits for one that covers the event.
    """
    await _check_own(call, case_id)
    services, (wait, told) = call.services, preferred_wait(call)
    async with Right(call) as right:
        proof = await right.wait_for(receipt_of(services.window.ledger, services.log, case_id, version, within=wait))
    return _file(proof, f"{case_id}-{version}.tlog-proof", told)


@router.get("/complete-history", **_described("Take home the complete history of a case"))
async def read_complete_history(case_id: UUID, call: FileCall) -> Response:
    """Answer every event of the case and every look at it that is not sealed, each with its proof.

    The log states how many there are. If one is left out, now or later, whoever keeps the file can prove the fraud.
    """
    await _check_own(call, case_id)
    services, (wait, told) = call.services, preferred_wait(call)
    async with Right(call) as right:
        proof = await right.wait_for(complete_history_of(services.window.ledger, services.log, case_id, within=wait))
    return _file(proof, f"{case_id}.complete-history", told)


async def _check_own(call: Call, case_id: UUID) -> None:
    authorise(call.caller, Action.TAKE_PROOF)
    await read_own(call.services.window, call.caller, case_id)


def _file(content: bytes, name: str, headers: dict[str, str]) -> Response:
    return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"', **headers}, MEDIA_TYPE)
