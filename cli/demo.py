"""Loads the demonstration: the catalogue and a few made-up cases, by the same commands as everybody uses."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.case_streams import LoadedCase, load_case
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
from application.draws.rosters import take_seat
from application.subscriptions.changes import Outside, ask_for_subscription, change_subscription
from application.subscriptions.egress import Egress
from application.subscriptions.requests import SubscriptionGrant, SubscriptionRequest
from application.window import Window
from cli.demo_catalogue import AGENCIES, SERVICES
from domain.agency.refusals import AgencyAlreadyRegistered
from domain.case.state import CaseState
from domain.values import AnswerValue

CITIZEN, OTHER_CITIZEN = "leyla", "rashad"
AGENCY_SYSTEM, COORDINATOR, AUDITOR = "system", "coordinator", "auditor"
OFFICIALS: Final = ("official-7", "official-8", "official-9")
"""Three of them sit at each desk: with fewer, anybody could guess who is drawn."""
_CHANNEL = "internet"
_BETWEEN_LOOKS: Final = 0.2


class Demonstrators(NamedTuple):
    """The actors of the demonstration; their issuer is the one of the development tokens."""

    issuer: str

    def citizen(self, name: str) -> Caller:
        """Return a citizen."""
        return Caller(self.issuer, name, Role.CITIZEN)

    def officials(self, agency: str) -> Sequence[Caller]:
        """Return the officials of an agency, who sit at all of its desks."""
        return [Caller(self.issuer, name, Role.OFFICIAL, agency) for name in OFFICIALS]

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
    for agency in AGENCIES:
        for desk in agency.desks:
            for official in people.officials(agency.slug):
                await take_seat(window, official, desk)
    await _submit(window, people.citizen(CITIZEN), "child-benefit", _BENEFIT)
    await _submit(window, people.citizen(CITIZEN), "building-permit", _PERMIT)
    await _withdrawn_extract(window, people)
    await _waiting(window, people)
    await _subscription(window, people)
    return True


async def work_on_demo(window: Window, issuer: str) -> None:
    """Do what the demonstration's officials do, once they were drawn: one case is decided, and about one they ask.

    A crash in between leaves a part of it, as if they had gone home.
    """
    people = Demonstrators(issuer)
    own = await window.vault.cases_of(issuer, CITIZEN, None, 10)
    for case_id in [each.case_id for each in own]:
        case = await _drawn(window, case_id)
        state = case.state
        if state is None or (official := await _official_of(window, people, state, case_id)) is None:
            continue
        if state.service == "child-benefit":
            await _granted_benefit(window, official, case)
        else:
            await _question_about_a_permit(window, people, official, case)


async def _drawn(window: Window, case_id: UUID) -> LoadedCase:
    """Return a case once an official has it."""
    while True:
        case = await load_case(window.ledger, case_id)
        if case.state is None or case.state.official is not None or case.state.has_ended:
            return case
        await asyncio.sleep(_BETWEEN_LOOKS)  # a keeper reveals its link when the public log has fixed the draw


async def _official_of(window: Window, people: Demonstrators, case: CaseState, case_id: UUID) -> Caller | None:
    for official in people.officials(case.agency):
        key = await window.vault.find(official.issuer, official.subject, case_id, "official")
        if key is not None and str(key.key_ref) == case.official:
            return official
    return None


async def _granted_benefit(window: Window, official: Caller, case: LoadedCase) -> None:
    version = case.version
    for step in ("check-claim", "compute-amount"):
        version = (await change_case(window, official, case.stream, version, StepRecord(step=step))).version
    decision = Decision(
        outcome="granted",
        legal_basis="Law on Social Benefits, article 6.1",
        reasons="The household is entitled to the benefit from the month of the claim.",
    )
    version = (await change_case(window, official, case.stream, version, decision)).version
    await change_case(window, official, case.stream, version, Closing())


async def _question_about_a_permit(window: Window, people: Demonstrators, official: Caller, case: LoadedCase) -> None:
    step = StepRecord(step="check-plans", note="The plans are complete but for one thing.")
    done = await change_case(window, official, case.stream, case.version, step)
    question = QuestionToApplicant(question="How far does the house stand from the street?")
    done = await change_case(window, official, case.stream, done.version, question)
    answer = AnswerToQuestion(answer="Four metres.")
    await change_case(window, people.citizen(CITIZEN), case.stream, done.version, answer)


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


_PERMIT: Mapping[str, AnswerValue] = {"site.address": "Nizami street 10", "building.floors": 2}


async def _submit(window: Window, citizen: Caller, service: str, answers: Mapping[str, AnswerValue]) -> Written:
    return await submit(
        window, citizen, Submission(service=service, answers=dict(answers), language="en"), _CHANNEL, None
    )
