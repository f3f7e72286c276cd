"""What each caller can do to a case: one function an action, each a command and the right that it needs."""

from uuid import UUID

from application.access.authorisation import Action
from application.access.callers import Caller
from application.cases.case_streams import Idempotency
from application.cases.casework import Acting, Written, carry_out
from application.cases.requests import (
    AnswerToQuestion,
    Decision,
    QuestionToApplicant,
    ReopeningOrder,
    StepRecord,
    Withdrawal,
)
from application.window import Window
from domain.case import commands


async def record_step(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: StepRecord,
    idempotency: Idempotency | None,
) -> Written:
    """Record a step of the service; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.RecordStep(
            at=acting.at, actor=acting.actor, service=acting.service, step=request.step, note=request.note
        )

    return await carry_out(window, caller, Action.WORK_ON_CASE, case_id, expected_version, build, idempotency)


async def ask_applicant(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: QuestionToApplicant,
    idempotency: Idempotency | None,
) -> Written:
    """Ask the applicant; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.AskApplicant(
            at=acting.at,
            local_date=acting.local_date,
            actor=acting.actor,
            service=acting.service,
            question=request.question,
            elements=request.elements,
        )

    return await carry_out(window, caller, Action.WORK_ON_CASE, case_id, expected_version, build, idempotency)


async def answer_question(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: AnswerToQuestion,
    idempotency: Idempotency | None,
) -> Written:
    """Answer the open question; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.AnswerQuestion(
            at=acting.at,
            local_date=acting.local_date,
            actor=acting.actor,
            service=acting.service,
            answer=request.answer,
            answers=request.answers,
        )

    return await carry_out(window, caller, Action.ANSWER, case_id, expected_version, build, idempotency)


async def decide_case(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: Decision,
    idempotency: Idempotency | None,
) -> Written:
    """Decide the case; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.DecideCase(
            at=acting.at,
            local_date=acting.local_date,
            actor=acting.actor,
            outcome=request.outcome,
            legal_basis=request.legal_basis,
            reasons=request.reasons,
        )

    return await carry_out(window, caller, Action.WORK_ON_CASE, case_id, expected_version, build, idempotency)


async def close_case(
    window: Window, caller: Caller, case_id: UUID, expected_version: int, idempotency: Idempotency | None
) -> Written:
    """Close the decided case; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.CloseCase(at=acting.at, local_date=acting.local_date, actor=acting.actor)

    return await carry_out(window, caller, Action.WORK_ON_CASE, case_id, expected_version, build, idempotency)


async def withdraw_case(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: Withdrawal,
    idempotency: Idempotency | None,
) -> Written:
    """Take the request back; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.WithdrawCase(
            at=acting.at, local_date=acting.local_date, actor=acting.actor, reason=request.reason
        )

    return await carry_out(window, caller, Action.WITHDRAW, case_id, expected_version, build, idempotency)


async def reopen_case(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    request: ReopeningOrder,
    idempotency: Idempotency | None,
) -> Written:
    """Open a closed case again, by an order; raises as `carry_out` does."""

    def build(acting: Acting) -> commands.Command:
        return commands.ReopenCase(
            at=acting.at,
            local_date=acting.local_date,
            actor=acting.actor,
            order=request.order,
            reason=request.reason,
        )

    return await carry_out(window, caller, Action.REOPEN, case_id, expected_version, build, idempotency)
