"""Changes to a case: one table of what can be asked, and one way to ask it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.case_document import CaseDocument, written_case
from api.documentation import IDEMPOTENCY_KEY, IF_MATCH, described
from api.preconditions import expected_version, idempotency
from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases import actions as case_actions
from application.cases.case_streams import Idempotency
from application.cases.casework import Written
from application.cases.requests import (
    AnswerToQuestion,
    Closing,
    Decision,
    QuestionToApplicant,
    ReopeningOrder,
    StepRecord,
    Withdrawal,
)
from application.request_document import RequestDocument
from application.window import Window

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])


class CaseCommand(NamedTuple):
    """A change: where it is asked for, by whom, with what body, and what it does."""

    path: str
    action: Action
    takes: type[RequestDocument]
    use_case: Callable[..., Awaitable[Written]]
    summary: str


async def close_case(
    window: Window, caller: Caller, case_id: UUID, version: int, _: Closing, idempotency: Idempotency | None
) -> Written:
    """Close the decided case; its body asks for nothing."""
    return await case_actions.close_case(window, caller, case_id, version, idempotency)


COMMANDS = (
    CaseCommand("/steps", Action.WORK_ON_CASE, StepRecord, case_actions.record_step, "Record a step of the service"),
    CaseCommand(
        "/questions",
        Action.WORK_ON_CASE,
        QuestionToApplicant,
        case_actions.ask_applicant,
        "Ask the applicant a question",
    ),
    CaseCommand("/answers", Action.ANSWER, AnswerToQuestion, case_actions.answer_question, "Answer the open question"),
    CaseCommand("/decision", Action.WORK_ON_CASE, Decision, case_actions.decide_case, "Decide the case"),
    CaseCommand("/closing", Action.WORK_ON_CASE, Closing, close_case, "Close the decided case"),
    CaseCommand("/withdrawal", Action.WITHDRAW, Withdrawal, case_actions.withdraw_case, "Take the request back"),
    CaseCommand("/reopening", Action.REOPEN, ReopeningOrder, case_actions.reopen_case, "Open a closed case by order"),
)


def _serving(command: CaseCommand) -> Callable[..., Awaitable[Response]]:
    async def serve(case_id: UUID, call: JsonCall) -> Response:
        authorise(call.caller, command.action)
        version = expected_version(call.request)
        body = await read_body(call.request, command.takes)
        written = await command.use_case(
            call.services.window,
            call.caller,
            case_id,
            version,
            body.document,
            idempotency(call.request, body.canonical),
        )
        return json_answer(*written_case(written))

    serve.__name__ = command.use_case.__name__
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


for _command in COMMANDS:
    router.add_api_route(_command.path, _serving(_command), methods=["POST"], **_described(_command))
