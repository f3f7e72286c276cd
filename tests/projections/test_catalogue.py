"""The catalogue is what the domain makes of the events of agencies and services."""

from domain.agency.events import AgencyRegistered
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from domain.service.state import ServiceState, evolve
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.views import Views
from tests.projections.lived import Lived, Told


def told_of(lived: Lived, slug: str) -> list[Told]:
    """Return the events of a service."""
    drafted = (
        told for told in lived.told if isinstance(told.event, ServiceDrafted) and told.event.definition.slug == slug
    )
    stream = next(drafted).entry.stream
    return [told for told in lived.told if told.entry.stream == stream]


def expected_versions(lived: Lived, slug: str) -> list[CatalogueService]:
    """Return the versions of a service, the newest first."""
    told = told_of(lived, slug)
    state: ServiceState | None = None
    for each in told:
        state = evolve(state, each.event)
    assert state is not None

    versions = []
    for number, version in state.versions.items():
        of_version = [each for each in told if getattr(each.event, "version", None) == number]
        at = {type(each.event): each.decoded.envelope.occurred_at for each in of_version}
        versions.append(
            CatalogueService(
                slug=slug,
                agency=state.agency,
                published=state.published_version,
                version=number,
                status=version.status.value,
                drafted_at=at[ServiceDrafted],
                published_at=at.get(ServicePublished),
                ended_at=at.get(ServiceSuperseded) or at.get(ServiceWithdrawn),
                definition=version.definition,
            )
        )
    return versions[::-1]


def test_every_version_of_every_service_is_as_the_domain_says(lived: Lived) -> None:
    statuses: set[str] = set()

    async def scenario(views: Views) -> None:
        for slug in lived.services:
            expected = expected_versions(lived, slug)
            assert await views.catalogue.versions(slug) == expected
            assert [await views.catalogue.service(slug, each.version) for each in expected] == expected
            assert await views.catalogue.service(slug, 99) is None
            statuses.update(each.status for each in expected)
        assert await views.catalogue.versions("nobodys") == []

    lived.reads(scenario)
    assert statuses == {"draft", "published", "superseded", "withdrawn"}, "no status is left untried"


def test_only_what_is_published_can_be_asked_for(lived: Lived) -> None:
    every = {slug: expected_versions(lived, slug) for slug in lived.services}
    published = [each for versions in every.values() for each in versions if each.version == each.published]

    async def scenario(views: Views) -> None:
        catalogue = views.catalogue
        assert await catalogue.services() == published
        for slug in every:
            assert await catalogue.service(slug) == next((each for each in published if each.slug == slug), None)
        for agency in lived.agencies:
            assert await catalogue.services(agency=agency) == [each for each in published if each.agency == agency]
        pages: list[CatalogueService] = []
        while page := await catalogue.services(after=pages[-1].slug if pages else "", limit=2):
            pages += page
        assert pages == published

    lived.reads(scenario)
    assert published
    assert all(each.status == "published" for each in published)


def test_every_agency_is_there_as_it_was_registered(lived: Lived) -> None:
    expected = sorted(
        (
            CatalogueAgency(
                slug=event.slug,
                name=event.name,
                time_zone=event.time_zone,
                desks=list(event.desks),
                desk_limits=dict.fromkeys(event.desks, 20),
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
