"""Complete cases, made by the usual commands: eight events each, most of them with sealed text."""

from collections.abc import Mapping
from uuid import UUID

from application.access.callers import Caller, Role
from application.cases.assignment import take_assignment
from application.cases.case_commands import change_case
from application.cases.casework import Written
from application.cases.requests import AnswerToQuestion, Closing, Decision, QuestionToApplicant, StepRecord, Submission
from application.cases.submission import submit
from application.window import Window
from domain.values import AnswerValue

SERVICE, AGENCY, DESK = "child-benefit", "social-protection", "family-benefits"
ANSWERS: Mapping[str, AnswerValue] = {
    "person.birth_date": "1990-04-12",
    "child.name": "Aysel",
    "household.size": 4,
    "bank.account": "AZ00 MADE 0000 0000 0000 0000 0000",
}


def _official_for(citizen: Caller) -> Caller:
    """Return an official for this citizen alone, because an official may have only a limited number of open cases."""
    return Caller("bench", f"official for {citizen.subject}", Role.OFFICIAL, AGENCY)


async def live_through(window: Window, citizen: Caller) -> UUID:
    """Submit a case, work on it, ask about it, decide it and close it; return it."""
    official = _official_for(citizen)
    request = Submission(service=SERVICE, answers=dict(ANSWERS), language="en")
    case = await _assigned(window, official, await submit(window, citizen, request, "internet", None))
    case_id = case.case_id
    first = StepRecord(step="check-claim", note="The claim is complete but for one thing.")
    case = await change_case(window, official, case_id, case.version, first, None)
    question = QuestionToApplicant(question="Since when does the child live with you?")
    case = await change_case(window, official, case_id, case.version, question, None)
    answer = AnswerToQuestion(answer="Since the first of May.")
    case = await change_case(window, citizen, case_id, case.version, answer, None)
    second = StepRecord(step="compute-amount")
    case = await change_case(window, official, case_id, case.version, second, None)
    decision = Decision(
        outcome="granted",
        legal_basis="Law on Social Benefits, article 6.1",
        reasons="The household is entitled to the benefit from the month of the claim.",
    )
    case = await change_case(window, official, case_id, case.version, decision, None)
    return (await change_case(window, official, case_id, case.version, Closing())).case_id


async def _assigned(window: Window, official: Caller, case: Written) -> Written:
    async def oldest_unassigned(after: int) -> tuple[int, UUID] | None:
        return (case.position, case.case_id) if after < case.position else None

    assigned = await take_assignment(window, official, DESK, oldest_unassigned)
    if assigned is None:
        raise LookupError("the case was not assigned")
    return assigned
