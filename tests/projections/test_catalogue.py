"""The catalogue is what the domain makes of the events of agencies and services."""

import itertools
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from domain.agency.events import AgencyRegistered, CalendarNamed, DeskOfAgency, StandInNamed
from domain.case.deadlines import local_date
from domain.register.events import ResourceProposed
from domain.service.events import (
    EvidenceSourceLost,
    HeldElementsAsked,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
)
from domain.service.state import ServiceState, evolve
from projections.as_of import LATEST, Then, now
from projections.catalogue.types import CatalogueAgency, CatalogueService, Duty
from projections.instants import instant_at
from projections.views import Views
from tests.projections.asking import LATER
from tests.projections.lived import Lived, Told
from tests.projections.lives import SERVICES, ZONES
from tests.projections.register_life import HELD


class Published(NamedTuple):
    """A version that was published, as far as somebody at a position and on a day is concerned."""

    number: int
    published_in: int
    valid_from: date | None
    valid_to: date | None


def told_of(lived: Lived, slug: str, upto: int = LATEST) -> list[Told]:
    """Return the events of a service up to a position."""
    drafted = (
        told for told in lived.told if isinstance(told.event, ServiceDrafted) and told.event.definition.slug == slug
    )
    stream = next(drafted).entry.stream
    return [told for told in lived.told if told.entry.stream == stream and told.decoded.position <= upto]


def in_force(told: list[Told], day: date) -> int | None:
    """Return the version that may be asked for on a day, from the events that are known."""
    published: list[Published] = []
    for each in told:
        match each.event:
            case ServicePublished(version=number, valid_from=first, valid_to=last):
                published.append(Published(number, each.decoded.position, first, last))
            case ServiceWithdrawn():
                published = []
    begun = [each for each in published if each.valid_from is None or each.valid_from <= day]
    if not begun or (begun[-1].valid_to is not None and begun[-1].valid_to < day):
        return None
    return begun[-1].number


def owed(told: list[Told], number: int) -> list[Duty]:
    """Return what a version owes."""
    duties: list[Duty] = []
    for each in told:
        match each.event:
            case HeldElementsAsked() | EvidenceSourceLost() as duty if duty.version == number:
                noted_at = each.decoded.envelope.occurred_at
                kind = duty.topic.removeprefix("service.")
                duties.append(
                    Duty(
                        kind=kind,
                        resource=duty.resource,
                        elements=list(duty.elements),
                        publish_by=duty.publish_by,
                        noted_at=noted_at,
                    )
                )
            case ServiceWithdrawn() | ServicePublished():
                duties = []
    return duties


def expected_versions(lived: Lived, slug: str, then: Then) -> list[CatalogueService]:
    """Return the versions of a service, the newest first."""
    told = told_of(lived, slug, then.position)
    state: ServiceState | None = None
    for each in told:
        if not isinstance(each.event, HeldElementsAsked | EvidenceSourceLost):
            state = evolve(state, each.event)
    if state is None:
        return []

    day = local_date(then.instant, ZONES[state.agency])
    versions = []
    for number, version in state.versions.items():
        of_version = [each for each in told if getattr(each.event, "version", None) == number]
        at = {type(each.event): each.decoded.envelope.occurred_at for each in of_version}
        published = next((each.event for each in of_version if isinstance(each.event, ServicePublished)), None)
        versions.append(
            CatalogueService(
                slug=slug,
                agency=state.agency,
                published=in_force(told, day),
                version=number,
                status=version.status.value,
                drafted_at=at[ServiceDrafted],
                published_at=at.get(ServicePublished),
                ended_at=at.get(ServiceSuperseded) or at.get(ServiceWithdrawn),
                valid_from=published and published.valid_from,
                valid_to=published and published.valid_to,
                duties=owed(told, number),
                definition=version.definition,
            )
        )
    return versions[::-1]


def moments(lived: Lived) -> list[Then]:
    """Return some positions with the instants of their events, and the end, at present and in days to come."""
    some = [told.decoded for told in lived.told[:: len(lived.told) // 40]]
    last = lived.told[-1].decoded
    then = [Then(each.position, instant_at(each.occurred_micros)) for each in some]
    ends = [instant_at(last.occurred_micros) + timedelta(days=days) for days in (0, 1, 5, 12, 60)]
    return [*then, *(now(end) for end in ends), *(Then(last.position // 2, end) for end in ends)]


def test_every_version_of_every_service_is_as_the_domain_says_then_and_now(lived: Lived) -> None:
    statuses: set[str] = set()

    async def scenario(views: Views) -> None:
        for slug, then in itertools.product(lived.services, moments(lived)):
            expected = expected_versions(lived, slug, then)
            assert await views.catalogue.versions(slug, then, limit=500) == expected
            assert (
                await views.catalogue.versions(slug, then, before=3, limit=1)
                == [each for each in expected if each.version < 3][:1]
            )
            for each in expected[:4]:
                assert await views.catalogue.service(slug, then, each.version) == each
            assert await views.catalogue.service(slug, then, 999) is None
            statuses.update(each.status for each in expected)
        assert await views.catalogue.versions("nobodys", now(LATER)) == []
        assert await views.catalogue.owner("nobodys") is None
        assert [await views.catalogue.owner(slug) for slug in lived.services] == [SERVICES[s] for s in lived.services]

    lived.reads(scenario)
    assert statuses == {"draft", "published", "superseded", "withdrawn"}, "no status is left untried"


def test_only_what_is_in_force_can_be_asked_for_then_and_now(lived: Lived) -> None:
    sizes: set[int] = set()

    async def scenario(views: Views) -> None:
        catalogue = views.catalogue
        for then in moments(lived):
            every = [each for slug in lived.services for each in expected_versions(lived, slug, then)]
            asked_for = [each for each in every if each.version == each.published]
            sizes.add(len(asked_for))
            assert await catalogue.services(then) == asked_for
            for slug in lived.services:
                expected = next((each for each in asked_for if each.slug == slug), None)
                assert await catalogue.service(slug, then) == expected
                assert await catalogue.last_one(slug, then) == (expected or published_last(lived, slug, then))
            named = [each.slug for each in every[::2]]
            assert await catalogue.services_named(named, then) == [each for each in asked_for if each.slug in named]
            for agency in lived.agencies:
                assert await catalogue.services(then, agency=agency) == [e for e in asked_for if e.agency == agency]
            pages: list[CatalogueService] = []
            while page := await catalogue.services(then, after=pages[-1].slug if pages else "", limit=2):
                pages += page
            assert pages == asked_for

    lived.reads(scenario)
    assert len(sizes) > 2


def test_services_are_found_by_what_they_ask_for_and_by_whom_they_rely_on(registering: Lived) -> None:
    found: Counter[str] = Counter()
    resources = [each.event.description.slug for each in registering.told if isinstance(each.event, ResourceProposed)]
    resources = [*dict.fromkeys(resources)]

    async def scenario(views: Views) -> None:
        catalogue = views.catalogue
        for then in moments(registering):
            every = [each for slug in registering.services for each in expected_versions(registering, slug, then)]
            asked_for = [each for each in every if each.version == each.published]
            for element in (*HELD, "plot.area"):
                asking = [e for e in asked_for if element in e.definition.questions_by_element]
                assert await catalogue.services(then, asks=element) == asking
                found["asking"] += len(asking)
                for resource in resources:
                    both = [e for e in asking if relies(e, resource)]
                    assert await catalogue.services(then, asks=element, relies_on=resource) == both
                    found["both"] += len(both)
            for resource in resources:
                relying = [e for e in asked_for if relies(e, resource)]
                assert await catalogue.services(then, relies_on=resource) == relying
                of_hill = [e for e in relying if e.agency == "hill"]
                assert await catalogue.services(then, relies_on=resource, agency="hill") == of_hill
                found["relying"] += len(relying)

    registering.reads(scenario)
    assert min(found["asking"], found["both"], found["relying"]) > 10


def published_last(lived: Lived, slug: str, then: Then) -> CatalogueService | None:
    """Return the version that was published last, whatever has become of it."""
    published = [
        told.event.version for told in told_of(lived, slug, then.position) if isinstance(told.event, ServicePublished)
    ]
    versions = {each.version: each for each in expected_versions(lived, slug, then)}
    return versions[published[-1]] if published else None


def relies(service: CatalogueService, resource: str) -> bool:
    """Return whether a version needs evidence from a resource."""
    return any(each.resource == resource for each in service.definition.evidence)


def standing_in(lived: Lived, slug: str) -> dict[str, DeskOfAgency]:
    """Return which desks stand in for those of an agency, by the last words about each."""
    events = [told.event for told in lived.told]
    last = {each.desk: each.stand_in for each in events if isinstance(each, StandInNamed) and each.slug == slug}
    return {desk: stand_in for desk, stand_in in last.items() if stand_in is not None}


def calendar_of(lived: Lived, slug: str) -> str | None:
    """Return the calendar by which an agency counts, by the last word about it."""
    events = [told.event for told in lived.told]
    named = [each.calendar for each in events if isinstance(each, CalendarNamed) and each.slug == slug]
    return named[-1] if named else None


def test_every_agency_is_there_as_it_was_registered(lived: Lived) -> None:
    expected = sorted(
        (
            CatalogueAgency(
                slug=event.slug,
                name=event.name,
                time_zone=event.time_zone,
                desks=list(event.desks),
                desk_limits=dict.fromkeys(event.desks, 20),
                stand_ins=standing_in(lived, event.slug),
                calendar=calendar_of(lived, event.slug),
            )
            for event in (told.event for told in lived.told)
            if isinstance(event, AgencyRegistered)
        ),
        key=lambda agency: agency.slug,
    )

    async def scenario(views: Views) -> None:
        assert await views.catalogue.agencies() == expected
        assert await views.catalogue.agencies(after=expected[0].slug, limit=1) == expected[1:2]
        assert [await views.catalogue.agency(each.slug) for each in expected] == expected
        assert await views.catalogue.agency("nowhere") is None

    lived.reads(scenario)
    assert len(expected) == 3
    assert any(each.stand_ins for each in expected)
    assert len({each.calendar for each in expected}) > 1
