"""The routes that change a case, one for each row of the table of commands."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.case_document import CaseDocument, written_case
from api.documentation import IDEMPOTENCY_KEY, IF_MATCH, described
from api.preconditions import expected_version, idempotency
from application.access.authorisation import authorise
from application.cases.case_commands import CASE_COMMANDS, CaseCommand, change_case

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])


def _serving(command: CaseCommand) -> Callable[..., Awaitable[Response]]:
    async def serve(case_id: UUID, call: JsonCall) -> Response:
        authorise(call.caller, command.action)
        version = expected_version(call.request)
        body = await read_body(call, command.takes)
        once = idempotency(call.request, body.sent)
        written = await change_case(call.services.window, call.caller, case_id, version, body.document, once)
        return json_answer(*written_case(written))

    serve.__name__ = command.name
    serve.__doc__ = f"{command.summary}. The case must still be at the version that If-Match names."
    return serve


def _described(command: CaseCommand) -> dict[str, Any]:
    return described(
        command.summary,
        command.action,
        gives=CaseDocument,
        takes=command.takes,
        headers=(IF_MATCH, IDEMPOTENCY_KEY),
        refuses=(404, 412, 422, 428),
    )


for _command in CASE_COMMANDS:
    router.add_api_route(_command.path, _serving(_command), methods=["POST"], **_described(_command))
