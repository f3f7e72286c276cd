"""A service with 170 versions and a thousand running cases costs its readers what one with one version costs."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest

from application.identity import register_stream, service_stream
from application.storing import new_events
from domain.case.reference import reference_of
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.register import events as told
from domain.service.events import HeldElementsAsked, ServiceDrafted, ServicePublished, ServiceSuperseded
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.store.entries import NewEvent
from projections.as_of import Then, now
from projections.views import Views
from tests.api.running import fresh_databases
from tests.domain.register_examples import BIRTH_DATE, FULL_SERVICE, INTEGRATION, PERSON_NUMBER, POPULATION
from tests.domain.town import APPLICANT, AT, SUBMITTED, TODAY
from tests.projections.asking import Ask, overheard
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import append
from tests.projections.test_plans import plan_of_the_reader

MANY, RUNNING = 170, 1000
ONE, ANOTHER = "with-one", "with-many"
NOW = now(AT + timedelta(days=1))
COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
READINGS: Mapping[str, Callable[[str], Ask]] = {
    "in force": lambda slug: lambda views, _: views.catalogue.service(slug, NOW),
    "a version": lambda slug: lambda views, _: views.catalogue.service(slug, NOW, 1),
    "then": lambda slug: lambda views, _: views.catalogue.service(slug, Then(_MIDDLE, NOW.instant)),
    "listed": lambda slug: lambda views, _: views.catalogue.services(NOW, after=slug[:-1], limit=1),
    "by element": lambda slug: (
        lambda views, _: views.catalogue.services(NOW, asks="person.birth_date", after=slug[:-1], limit=1)
    ),
    "by resource": lambda slug: (
        lambda views, _: views.catalogue.services(NOW, relies_on=POPULATION.slug, after=slug[:-1], limit=1)
    ),
    "owner": lambda slug: lambda views, _: views.catalogue.owner(slug),
    "violations": lambda slug: lambda views, _: views.violations.page(NOW, service=slug),
    "a case": lambda slug: lambda views, _: views.case_status.status(case_of(slug, 7)),
    "a case's history": lambda slug: lambda views, _: views.case_history.history(case_of(slug, 7)),
    "terms": lambda slug: lambda views, _: views.deadlines.page(service=slug),
    "performance": lambda slug: lambda views, _: views.service_performance.performance(slug, AT + timedelta(days=30)),
}
_MIDDLE = 300


def case_of(slug: str, number: int) -> UUID:
    """Return the id of one of the running cases of a service."""
    return uuid5(service_stream(slug), str(number))


def running(slug: str, versions: int) -> list[NewEvent]:
    """Return the submissions of a thousand cases, each of which keeps the version that it began with."""
    applicant = Envelope(actor=APPLICANT, agencies=("town",), occurred_at=AT, origin="live")
    events: list[NewEvent] = []
    for number in range(RUNNING):
        case = case_of(slug, number)
        began_with = {"service": slug, "service_version": number % versions + 1, "reference": reference_of(case)}
        submitted = SUBMITTED.model_copy(update={**began_with, "sealed_answers": None})
        events += new_events(case, 0, [submitted], applicant, None)
    return events


def versions(slug: str, count: int) -> list[NewEvent]:
    """Return the events of a service with so many published versions, each of which owes another."""
    events: list[Event] = []
    for number in range(1, count + 1):
        definition = FULL_SERVICE.model_copy(update={"slug": slug, "title": {"en": f"Version {number}"}})
        dates = {"local_date": TODAY, "valid_from": TODAY, "register_version": 5}
        events += [ServiceDrafted(version=number, definition=definition), ServicePublished(version=number, **dates)]
        if number > 1:
            events.append(ServiceSuperseded(version=number - 1, by=number))
        events.append(
            HeldElementsAsked(
                version=number,
                resource=POPULATION.slug,
                elements=("person.birth_date",),
                local_date=TODAY,
                publish_by=TODAY,
                register_version=5,
            )
        )
    return _stored(service_stream(slug), events)


def _stored(stream: Any, events: Sequence[Event]) -> list[NewEvent]:
    envelope = Envelope(actor=COORDINATOR, agencies=("town",), occurred_at=AT, origin="live")
    return new_events(stream, 0, events, envelope, None)


@pytest.fixture(scope="module")
def versioned(postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A register with one resource that is integrated, a service with one version, and one with many; their cases.

    The planner has statistics, which autovacuum would otherwise give it at a time of its own.
    """
    register = [
        told.ElementsDefined(elements=(BIRTH_DATE, PERSON_NUMBER)),
        told.ResourceProposed(description=POPULATION),
        told.ResourceApproved(resource=POPULATION.slug),
        told.ResourceIntegrated(resource=POPULATION.slug, integration=INTEGRATION),
    ]
    events = [*_stored(register_stream(), register), *versions(ONE, 1), *versions(ANOTHER, MANY)]
    events += [*running(ONE, 1), *running(ANOTHER, MANY)]
    with fresh_databases(postgres, "versioned") as where:
        asyncio.run(fold(where.projector, asyncio.run(append(where.writer, events))))
        with psycopg.connect(postgres.ledger_url(ADMIN, "pencere_versioned"), autocommit=True) as admin:
            admin.execute("ANALYZE")
        yield Lived(where, asyncio.run(all_entries(where.writer)))


def rows_read(plan: Mapping[str, Any]) -> float:
    """Return how many rows the scans of a plan have read."""
    read: float = 0
    if "Relation Name" in plan:
        read = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return read + sum(rows_read(part) for part in plan.get("Plans", ()))


@pytest.mark.parametrize("reading", READINGS)
def test_a_reader_of_a_service_with_many_versions_reads_as_many_rows_as_of_one_with_one(
    versioned: Lived, reading: str
) -> None:
    asks = [READINGS[reading](slug) for slug in (ONE, ANOTHER)]

    one, many = asyncio.run(overheard(versioned.where.reader, [], asks))
    read = [[rows_read(plan_of_the_reader(versioned, statement)) for statement in each] for each in (one, many)]

    assert read[0] == pytest.approx(read[1], abs=4), "a row more or less, never one for each version"
    assert sum(read[1]) > 0


def test_the_readings_find_the_last_of_many_versions(versioned: Lived) -> None:
    async def scenario(views: Views) -> None:
        service = await views.catalogue.service(ANOTHER, NOW)
        assert service is not None
        assert (service.version, service.published, len(service.duties)) == (MANY, MANY, 1)
        assert [each.slug for each in await views.catalogue.services(NOW)] == [ANOTHER, ONE]
        violations = await views.violations.page(NOW)
        assert [(each.service, each.version) for each in violations] == [(ANOTHER, MANY), (ONE, 1)]

    versioned.reads(scenario)


def test_a_reading_of_all_versions_would_be_noticed(versioned: Lived) -> None:
    asks: list[Ask] = [
        lambda views, _: views.catalogue.versions(ONE, NOW, limit=500),
        lambda views, _: views.catalogue.versions(ANOTHER, NOW, limit=500),
    ]
    one, many = asyncio.run(overheard(versioned.where.reader, [], asks))

    few, all_of_them = (rows_read(plan_of_the_reader(versioned, each[-1])) for each in (one, many))

    assert all_of_them > few + MANY - 4
