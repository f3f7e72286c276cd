"""Complete cases, made by the usual commands: eight events each, most of them with sealed text."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.requests import AnswerToQuestion, Closing, Decision, QuestionToApplicant, StepRecord, Submission
from application.cases.submission import submit
from application.window import Window
from domain.values import AnswerValue
from tests.draws.steered import drawn_for

SERVICE, AGENCY = "child-benefit", "social-protection"
OFFICIAL = Caller("bench", "official", Role.OFFICIAL, AGENCY)
ANSWERS: Mapping[str, AnswerValue] = {
    "person.birth_date": "1990-04-12",
    "child.name": "Aysel",
    "household.size": 4,
    "bank.account": "AZ00 MADE 0000 0000 0000 0000 0000",
}


async def live_through(window: Window, citizen: Caller, turn: asyncio.Lock) -> UUID:
    """Submit a case, have it drawn for, work on it, ask about it, decide it and close it; return it.

    `turn` is held while it is drawn for: one draw at a time.
    """
    request = Submission(service=SERVICE, answers=dict(ANSWERS), language="en")
    case_id = (await submit(window, citizen, request, "internet", None)).case_id
    async with turn:
        await drawn_for(window, OFFICIAL, case_id)
    first = StepRecord(step="check-claim", note="The claim is complete but for one thing.")
    case = await change_case(window, OFFICIAL, case_id, 2, first, None)
    question = QuestionToApplicant(question="Since when does the child live with you?")
    case = await change_case(window, OFFICIAL, case_id, case.version, question, None)
    answer = AnswerToQuestion(answer="Since the first of May.")
    case = await change_case(window, citizen, case_id, case.version, answer, None)
    second = StepRecord(step="compute-amount")
    case = await change_case(window, OFFICIAL, case_id, case.version, second, None)
    decision = Decision(
        outcome="granted",
        legal_basis="Law on Social Benefits, article 6.1",
        reasons="The household is entitled to the benefit from the month of the claim.",
    )
    case = await change_case(window, OFFICIAL, case_id, case.version, decision, None)
    return (await change_case(window, OFFICIAL, case_id, case.version, Closing())).case_id
