"""Loads the demonstration: the catalogue and a few made-up cases, by the same commands as everybody uses."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from application.access.callers import Caller, Role
from application.cases.assignment import take_assignment
from application.cases.case_commands import change_case
from application.cases.casework import Written
from application.cases.requests import (
    AnswerToQuestion,
    Closing,
    Decision,
    QuestionToApplicant,
    StepRecord,
    Submission,
    Withdrawal,
)
from application.cases.submission import submit
from application.catalogue.changes import CatalogueMovedError, change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication
from application.subscriptions.changes import Outside, ask_for_subscription, change_subscription
from application.subscriptions.egress import Egress
from application.subscriptions.requests import SubscriptionGrant, SubscriptionRequest
from application.window import Window
from cli.demo_catalogue import AGENCIES, SERVICES
from domain.agency.refusals import AgencyAlreadyRegistered
from domain.values import AnswerValue

CITIZEN, OTHER_CITIZEN = "leyla", "rashad"
OFFICIAL, AGENCY_SYSTEM, COORDINATOR, AUDITOR = "official-7", "system", "coordinator", "auditor"
_CHANNEL = "internet"


class Demonstrators(NamedTuple):
    """The actors of the demonstration; their issuer is the one of the development tokens."""

    issuer: str

    def citizen(self, name: str) -> Caller:
        """Return a citizen."""
        return Caller(self.issuer, name, Role.CITIZEN)

    def official(self, agency: str) -> Caller:
        """Return an official of the agency, who sits at all of its desks."""
        return Caller(self.issuer, OFFICIAL, Role.OFFICIAL, agency)

    def system(self, agency: str) -> Caller:
        """Return the agency's own system."""
        return Caller(self.issuer, AGENCY_SYSTEM, Role.AGENCY, agency)

    @property
    def coordinator(self) -> Caller:
        """Return the coordinator."""
        return Caller(self.issuer, COORDINATOR, Role.COORDINATOR)


async def load_demo(window: Window, issuer: str) -> bool:
    """Load the demonstration into an empty ledger; return whether it did.

    A crash in between leaves a part of it: the next start finds that the ledger is not empty, and adds nothing.
    """
    if await window.ledger.head() > 0:
        return False
    people = Demonstrators(issuer)
    try:
        first = await change_catalogue(window, people.coordinator, AGENCIES[0])
    except (AgencyAlreadyRegistered, CatalogueMovedError):
        return False  # somebody else has just begun to fill the catalogue
    if first.position is None:
        return False  # another process that was started at the same time loads it
    for agency in AGENCIES[1:]:
        await change_catalogue(window, people.coordinator, agency)
    for service in SERVICES:
        drafted = await change_catalogue(window, people.coordinator, ServiceDraft(definition=service))
        publication = ServicePublication(version=drafted.service_version or 1)
        await change_catalogue(window, people.coordinator, publication, service.slug)
    await _granted_benefit(window, people)
    await _question_about_a_permit(window, people)
    await _withdrawn_extract(window, people)
    await _waiting(window, people)
    await _subscription(window, people)
    return True


async def _granted_benefit(window: Window, people: Demonstrators) -> None:
    case = await _submit(window, people.citizen(CITIZEN), "child-benefit", _BENEFIT)
    official = people.official("social-protection")
    case = await _assign(window, official, "family-benefits", case)
    for step in ("check-claim", "compute-amount"):
        case = await change_case(window, official, case.case_id, case.version, StepRecord(step=step), None)
    decision = Decision(
        outcome="granted",
        legal_basis="Law on Social Benefits, article 6.1",
        reasons="The household is entitled to the benefit from the month of the claim.",
    )
    case = await change_case(window, official, case.case_id, case.version, decision, None)
    await change_case(window, official, case.case_id, case.version, Closing())


async def _question_about_a_permit(window: Window, people: Demonstrators) -> None:
    answers: Mapping[str, AnswerValue] = {"site.address": "Nizami street 10", "building.floors": 2}
    case = await _submit(window, people.citizen(CITIZEN), "building-permit", answers)
    official = people.official("city-of-baku")
    case = await _assign(window, official, "building", case)
    step = StepRecord(step="check-plans", note="The plans are complete but for one thing.")
    case = await change_case(window, official, case.case_id, case.version, step, None)
    question = QuestionToApplicant(question="How far does the house stand from the street?")
    case = await change_case(window, official, case.case_id, case.version, question, None)
    answer = AnswerToQuestion(answer="Four metres.")
    citizen = people.citizen(CITIZEN)
    await change_case(window, citizen, case.case_id, case.version, answer, None)


async def _withdrawn_extract(window: Window, people: Demonstrators) -> None:
    citizen = people.citizen(OTHER_CITIZEN)
    answers = {"property.number": "303-11-204", "extract.kind": "short"}
    case = await _submit(window, citizen, "property-extract", answers)
    reason = Withdrawal(reason="I found the extract at home.")
    await change_case(window, citizen, case.case_id, case.version, reason, None)


async def _waiting(window: Window, people: Demonstrators) -> None:
    citizen = people.citizen(OTHER_CITIZEN)
    await _submit(window, citizen, "child-benefit", {**_BENEFIT, "household.size": 3})
    await _submit(window, citizen, "property-extract", {"property.number": "101-7-9", "extract.kind": "full"})


async def _subscription(window: Window, people: Demonstrators) -> None:
    asked = await ask_for_subscription(
        window,
        people.system("social-protection"),
        Egress(),
        "benefits-in-our-own-system",
        SubscriptionRequest(services=("child-benefit",)),
    )
    outside = Outside(Egress(), _no_sequence)
    await change_subscription(window, people.coordinator, outside, asked.state.name, asked.version, SubscriptionGrant())


async def _no_sequence(_agency: str) -> int:
    return 0


_BENEFIT: Mapping[str, AnswerValue] = {
    "person.birth_date": "1990-04-12",
    "child.name": "Aysel",
    "household.size": 4,
    "bank.account": "AZ00 MADE 0000 0000 0000 0000 0000",
}


async def _submit(window: Window, citizen: Caller, service: str, answers: Mapping[str, AnswerValue]) -> Written:
    return await submit(
        window, citizen, Submission(service=service, answers=dict(answers), language="en"), _CHANNEL, None
    )


async def _assign(window: Window, official: Caller, desk: str, case: Written) -> Written:
    waiting: Sequence[tuple[int, UUID]] = [(case.position, case.case_id)]

    async def oldest_unassigned(after: int) -> tuple[int, UUID] | None:
        return next((one for one in waiting if one[0] > after), None)

    assigned = await take_assignment(window, official, desk, oldest_unassigned)
    if assigned is None:
        raise LookupError("the demonstration's case was not assigned")
    return assigned
