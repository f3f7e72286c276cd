"""The agencies and services of the filled ledger, and the events that registered and published them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from typing import Final

from application.identity import agency_stream, service_stream
from application.storing import envelope_of, new_events
from domain.agency.commands import RegisterAgency
from domain.agency.decisions import decide as decide_agency
from domain.agency.state import AgencyState
from domain.agency.state import evolve as evolve_agency
from domain.envelope import Actor
from domain.service.commands import DraftService, PublishService
from domain.service.decisions import decide as decide_service
from domain.service.definition import Question, ServiceDefinition, Step
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from domain.values import Term
from ledger.store.entries import NewEvent

AGENCIES: Final = 40
TIME_ZONE: Final = "Asia/Baku"
_COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
_TERMS = (Term(days=10, kind="working"), Term(days=30, kind="calendar"), None)
_STEPS = (
    Step(name="receive", label={"en": "Received"}, first=True),
    Step(name="check", label={"en": "Checked"}, may_follow=("receive", "check", "advise")),
    Step(name="advise", label={"en": "Advised"}, may_follow=("check", "advise")),
    Step(name="draft-decision", label={"en": "Draft of the decision"}, may_follow=("check", "advise")),
)
_QUESTIONS = (
    Question(element="person.name", label={"en": "Your name"}, type="text"),
    Question(element="person.birth_date", label={"en": "Your date of birth"}, type="date"),
    Question(element="household.size", label={"en": "People in the household"}, type="number", open=True),
)

SERVICES: Final = tuple(
    ServiceDefinition(
        slug=f"service-{agency}-{number}",
        agency=f"agency-{agency}",
        desk="front",
        title={"en": f"Service {number} of agency {agency}"},
        description={"en": "Made up, to fill a ledger."},
        legal_basis=f"Act {agency} of 2018, article {number}",
        steps=_STEPS,
        questions=_QUESTIONS,
        term=_TERMS[(agency + number) % len(_TERMS)],
        channels=("internet", "counter"),
        languages=("en", "az"),
    )
    for agency in range(1, AGENCIES + 1)
    for number in range(1, 2 + agency % 3)
)
"""One to three services of each agency."""

WEIGHTS: Final = tuple(accumulate(1 / int(service.agency.removeprefix("agency-")) for service in SERVICES))
"""Sums of how often each service is asked for: by Zipf, the second agency half as often as the first."""


def catalogue_events(at: datetime) -> Iterator[NewEvent]:
    """Yield the events that register the agencies and publish the services, as the domain decides them."""
    for number in range(1, AGENCIES + 1):
        slug = f"agency-{number}"
        command = RegisterAgency(
            at, _COORDINATOR, slug, {"en": f"Agency {number}"}, TIME_ZONE, ("front",), zone_is_known=True
        )
        stream = agency_stream(slug)
        envelope = envelope_of(_COORDINATOR, (slug,), at, stream)
        registered = decide_agency(command, None)
        yield from new_events(stream, 0, registered, envelope, None)
        agency: AgencyState = evolve_agency(None, registered[0])
        for service in (one for one in SERVICES if one.agency == slug):
            yield from _published(service, agency, at)


def _published(service: ServiceDefinition, agency: AgencyState, at: datetime) -> Iterator[NewEvent]:
    stream, version = service_stream(service.slug), 0
    state: ServiceState | None = None
    for command in (DraftService(at, _COORDINATOR, service, agency), PublishService(at, _COORDINATOR, 1, at.date())):
        events = decide_service(command, state)
        yield from new_events(stream, version, events, envelope_of(_COORDINATOR, (agency.slug,), at, stream), None)
        for event in events:
            state, version = evolve_service(state, event), version + 1
