"""A town whose service needs evidence of two registers, and the events and commands about it.

Needed of the population register: the birth date, required; the address, optional. Of the land register: the plot's
owner, required. Nobody is shown anything beforehand, unless a test says so.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain.case import commands
from domain.case.decisions import decide
from domain.case.events import CaseSubmitted
from domain.case.evidence_commands import (
    AcceptEvidence,
    DisputeEvidence,
    HearAboutDispute,
    HeardAnswer,
    HearResource,
    ObjectToEvidence,
    RecordDisputeSent,
    RecordEvidenceSent,
    RunOutEvidence,
    SupplyElements,
)
from domain.case.evidence_events import IN_THE_SEAL, EvidenceAnswered, EvidenceEnded, EvidenceRequested, EvidenceSent
from domain.case.evidence_ids import request_id_of
from domain.envelope import Actor
from domain.event import Event
from domain.evidence.progress import EvidenceState, Happening
from domain.evidence.values import SourceEntry
from domain.register.events import (
    ElementsDefined,
    GrantAsked,
    GrantGiven,
    RegisterRulesSet,
    ResourceApproved,
    ResourceIntegrated,
    ResourceProposed,
    ResourceTakenIntoUse,
    ResourceUseAsked,
)
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from domain.service.definition import EvidenceNeed, Preview, PublishedService, ServiceDefinition
from tests.domain.register_examples import BIRTH_DATE, INTEGRATION, PERSON_NUMBER, POPULATION
from tests.domain.town import ANSWERS, APPLICANT, AT, CASE_ID, CLOCK, SERVICE, TODAY, TOWN, submit

POPULATION_REGISTER, LAND_REGISTER = "population-register", "land-register"
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
HASH, OTHER_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "0" * 64
RESPONSE_ID: Final = UUID("22222222-2222-4222-8222-222222222222")
LOCATION: Final = "https://population.example/preview/1"
WINDOW: Final = Actor(role="window", pseudonym="evidence")
IDENTIFIERS: Final = {"person.number": "made up 1", "person.land_number": "made up 2", "person.tax_number": "unasked"}
GIVEN: Final = {"person.birth_date": "1990-02-28", "person.address": "Old road 1", "plot.owner": True}


def _element(name: str, kind: Any, *, identifies: bool = False) -> DataElement:
    return DataElement(name=name, type=kind, title={"en": name}, identifies_person=identifies)


_LAND: Final = ResourceDescription(
    slug=LAND_REGISTER,
    owner=TOWN.slug,
    title={"en": "Land register"},
    description={"en": "Whose land it is."},
    legal_basis="Land Act, article 1",
    elements=("plot.owner", "person.land_number"),
    security_class="K2",
    contact="Land desk",
)
_OF_POPULATION: Final = POPULATION.model_copy(
    update={"elements": ("person.birth_date", "person.address", "person.number")}
)
INTEGRATIONS: Final[Mapping[str, Integration]] = {
    POPULATION_REGISTER: INTEGRATION.model_copy(update={"elements": ("person.birth_date", "person.address")}),
    LAND_REGISTER: INTEGRATION.model_copy(
        update={
            "elements": ("plot.owner",),
            "identifier": "person.land_number",
            "acknowledged_within": 600,
            "answered_within": 3 * 86_400,
        }
    ),
}


def register_events(
    rules: RegisterRules | None = None,
    integrated: tuple[str, ...] = (POPULATION_REGISTER, LAND_REGISTER),
    granted: tuple[str, ...] = ("person.birth_date", "person.address", "plot.owner"),
    integrations: Mapping[str, Integration] = INTEGRATIONS,
) -> list[Event]:
    """Return the events of the register: both resources, those that are integrated, and what the town may ask."""
    address, owner = _element("person.address", "text"), _element("plot.owner", "boolean")
    number = _element("person.land_number", "text", identifies=True)
    events: list[Event] = [
        ElementsDefined(elements=(BIRTH_DATE, PERSON_NUMBER, address, owner, number)),
        *([RegisterRulesSet(rules=rules)] if rules else []),
    ]
    for description in (_OF_POPULATION, _LAND):
        resource = description.slug
        events += [
            ResourceProposed(description=description),
            ResourceApproved(resource=resource),
            ResourceUseAsked(resource=resource, audited_on=TODAY),
            ResourceTakenIntoUse(resource=resource),
        ]
        if resource in integrated:
            events.append(ResourceIntegrated(resource=resource, integration=integrations[resource]))
        wanted = tuple(name for name in integrations[resource].elements if name in granted)
        if wanted:
            grant = f"permits-{resource}"
            asked = GrantAsked(
                grant=grant,
                agency=TOWN.slug,
                resource=resource,
                elements=wanted,
                purpose={"en": "To decide on permits."},
                legal_basis="Building Act, article 3",
            )
            events += [asked, GrantGiven(grant=grant)]
    return events


def register_after(events: list[Event]) -> RegisterState:
    """Return the register after its events."""
    state: RegisterState | None = None
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state


def needing(
    birth_date: Preview = "none", owner: Preview = "none", *, only: tuple[str, ...] | None = None
) -> ServiceDefinition:
    """Return the service with what it needs, and how it is previewed."""
    needs = (
        EvidenceNeed(
            element="person.birth_date",
            resource=POPULATION_REGISTER,
            label={"en": "Born on"},
            type="date",
            preview=birth_date,
        ),
        EvidenceNeed(
            element="person.address",
            resource=POPULATION_REGISTER,
            label={"en": "Address"},
            type="text",
            required=False,
        ),
        EvidenceNeed(
            element="plot.owner", resource=LAND_REGISTER, label={"en": "Owner"}, type="boolean", preview=owner
        ),
    )
    questions = tuple(question for question in SERVICE.questions if question.element != "person.birth_date")
    evidence = tuple(need for need in needs if only is None or need.element in only)
    return SERVICE.model_copy(update={"questions": questions, "evidence": evidence})


SERVICE_NEEDING: Final = needing()
OTHER_ANSWERS: Final = {name: value for name, value in ANSWERS.items() if name != "person.birth_date"}


def ask_window(service: ServiceDefinition = SERVICE_NEEDING, **changes: Any) -> commands.SubmitCase:
    """Return the applicant's submission of a service that needs evidence, with the given changes."""
    events = changes.pop("events", None) or register_events()
    parts: dict[str, Any] = {
        "service": PublishedService(service, 2),
        "answers": OTHER_ANSWERS,
        "identifiers": IDENTIFIERS,
        "register": register_after(events),
        "register_version": len(events),
    }
    return submit(**parts | changes)


def past_of(service: ServiceDefinition = SERVICE_NEEDING, **changes: Any) -> tuple[Event, ...]:
    """Return the events of that submission."""
    return decide(ask_window(service, **changes), None)


_FIRST: Final = past_of()
ASKED_BY_WINDOW: Final = _FIRST[0]
LAND_ASKED, POPULATION_ASKED = _FIRST[1:]
POPULATION_ID: Final = request_id_of(CASE_ID, POPULATION_REGISTER, 1, AT)
LAND_ID: Final = request_id_of(CASE_ID, LAND_REGISTER, 1, AT)
assert isinstance(ASKED_BY_WINDOW, CaseSubmitted)
assert isinstance(LAND_ASKED, EvidenceRequested)
assert isinstance(POPULATION_ASKED, EvidenceRequested)
_RESOURCES: Final = {POPULATION_ID: POPULATION_REGISTER, LAND_ID: LAND_REGISTER}


def sent(request_id: UUID = POPULATION_ID, digest: str = HASH, **changes: Any) -> RecordEvidenceSent:
    """Return the window's record that the request was sent."""
    parts: dict[str, Any] = {"at": AT, "actor": WINDOW, "request_id": request_id, "request_hash": digest}
    return RecordEvidenceSent(**parts | changes)


def hear(happening: Happening, request_id: UUID = POPULATION_ID, **changes: Any) -> HearResource:
    """Return what the resource says."""
    actor = Actor(role="resource", pseudonym=_RESOURCES.get(request_id, POPULATION_REGISTER))
    parts: dict[str, Any] = {
        "at": AT,
        "local_date": TODAY,
        "actor": actor,
        "service": SERVICE_NEEDING,
        "request_id": request_id,
        "happening": happening,
        "location": LOCATION if happening is Happening.PREVIEW_ASKED else None,
    }
    return HearResource(**parts | changes)


def hear_answer(*elements: str, request_id: UUID = POPULATION_ID, **changes: Any) -> HearResource:
    """Return the resource's answer about these elements."""
    values = {name: GIVEN[name] for name in elements}
    parts: dict[str, Any] = {
        "answer": HeardAnswer(RESPONSE_ID, HASH, SourceEntry(source_version="12")),
        "values": values,
        "signed_answer": "e.e.e",
    }
    return hear(Happening.ANSWERED, request_id, **parts | changes)


def hear_owner(**changes: Any) -> HearResource:
    """Return the land register's answer."""
    return hear_answer("plot.owner", request_id=LAND_ID, **changes)


def run_out(request_id: UUID, at: datetime, **changes: Any) -> RunOutEvidence:
    """Return the clock's word that time has run out."""
    parts: dict[str, Any] = {"at": at, "local_date": TODAY, "actor": CLOCK, "service": SERVICE_NEEDING}
    return RunOutEvidence(**parts | {"request_id": request_id} | changes)


def accept(request_id: UUID = POPULATION_ID, **changes: Any) -> AcceptEvidence:
    """Return the applicant's agreement."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": APPLICANT, "service": SERVICE_NEEDING}
    return AcceptEvidence(**parts | {"request_id": request_id} | changes)


def object_to(request_id: UUID = POPULATION_ID, **changes: Any) -> ObjectToEvidence:
    """Return the applicant's objection."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": APPLICANT, "service": SERVICE_NEEDING}
    return ObjectToEvidence(**parts | {"request_id": request_id} | changes)


def dispute(*elements: str, request_id: UUID = POPULATION_ID, **changes: Any) -> DisputeEvidence:
    """Return the applicant's word that the register is wrong."""
    parts: dict[str, Any] = {"at": AT, "actor": APPLICANT, "case_id": CASE_ID, "request_id": request_id}
    return DisputeEvidence(**parts | {"elements": elements, "statement": "A day later."} | changes)


def dispute_sent(dispute_id: UUID, **changes: Any) -> RecordDisputeSent:
    """Return the window's record that the dispute was sent."""
    parts: dict[str, Any] = {"at": AT, "actor": WINDOW, "dispute_id": dispute_id, "dispute_hash": HASH}
    return RecordDisputeSent(**parts | changes)


def hear_about(dispute_id: UUID, outcome: str, **changes: Any) -> HearAboutDispute:
    """Return what the population register makes of a dispute."""
    actor = Actor(role="resource", pseudonym=POPULATION_REGISTER)
    parts: dict[str, Any] = {"at": AT, "actor": actor, "dispute_id": dispute_id, "outcome": outcome}
    return HearAboutDispute(**parts | {"source_version": None} | changes)


def supply(*elements: str, **changes: Any) -> SupplyElements:
    """Return what the applicant gives instead of the resources."""
    answers = {name: GIVEN[name] for name in elements}
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": APPLICANT, "service": SERVICE_NEEDING}
    return SupplyElements(**parts | {"answers": answers} | changes)


def was_sent(request_id: UUID = POPULATION_ID, at: datetime = AT, digest: str = HASH) -> EvidenceSent:
    """Return the event that the request was sent."""
    return EvidenceSent(request_id=request_id, request_hash=digest, since=at)


def population_answered(*elements: str, signed: str | None = "e.e.e") -> EvidenceAnswered:
    """Return the population register's answer about these elements."""
    return _answered(POPULATION_ID, POPULATION_REGISTER, elements, signed)


def land_answered() -> EvidenceAnswered:
    """Return the land register's answer."""
    return _answered(LAND_ID, LAND_REGISTER, ("plot.owner",), "e.e.e")


def _answered(request_id: UUID, resource: str, elements: tuple[str, ...], signed: str | None) -> EvidenceAnswered:
    return EvidenceAnswered(
        local_date=TODAY,
        request_id=request_id,
        resource=resource,
        response_id=RESPONSE_ID,
        answered=elements,
        is_document=False,
        document=None,
        as_of=TODAY,
        source_version=IN_THE_SEAL,
        valid_from=None,
        valid_to=None,
        answer_hash=HASH,
        source_entry=SourceEntry(source_version="12"),
        sealed_answers={name: GIVEN[name] for name in elements} or None,
        signed_answer=signed,
    )


def population_ended(end: str, *, against: bool = False, **changes: Any) -> EvidenceEnded:
    """Return the end of the population register's request without an answer."""
    parts: dict[str, Any] = {
        "local_date": TODAY,
        "request_id": POPULATION_ID,
        "resource": POPULATION_REGISTER,
        "end": EvidenceState(end),
        "code": None,
        "fault": None,
        "against_resource": against,
    }
    return EvidenceEnded(**parts | changes)
