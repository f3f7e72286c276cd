"""Reads what a document describes, and what that speaks of, in a number of statements that does not grow with it."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple, Protocol

from api.linked_data.addresses import SECTIONS, Section
from api.linked_data.documents import Listed
from api.linked_data.resources import RegisteredResource
from api.linked_data.surroundings import Surroundings
from projections.as_of import Then
from projections.catalogue.queries import CatalogueReads
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.resource_register import types
from projections.resource_register.queries import ResourceRegister


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


class _ReadSection(Protocol):
    async def __call__(self, *, after: str, limit: int) -> Sequence[_Named]: ...


class Place(NamedTuple):
    """A place in the catalogue: after a name in a section."""

    section: Section
    after: str


BEGINNING: Final = Place(SECTIONS[0], "")


class Reading:
    """Reads catalogue and register as they were known and held at one moment.

    Args:
        catalogue: reads agencies and services.
        register: reads resources, and who coordinates.
        then: the moment.
    """

    def __init__(self, catalogue: CatalogueReads, register: ResourceRegister, then: Then) -> None:
        self._catalogue, self._register, self._then = catalogue, register, then

    async def page(self, place: Place, limit: int) -> tuple[Listed, Place | None]:
        """Return up to so many things after a place, section by section, and the place where the next page begins."""
        sections: dict[Section, _ReadSection] = {
            "agencies": self._catalogue.agencies,
            "services": self._services,
            "resources": self._resources,
        }
        read: dict[Section, Any] = {}
        room = limit
        for section in SECTIONS[SECTIONS.index(place.section) :]:
            found = await sections[section](after=place.after if section == place.section else "", limit=room)
            read[section] = found
            if len(found) == room:
                return Listed(**read), Place(section, found[-1].slug)
            room -= len(found)
        return Listed(**read), None

    async def surroundings(self, listed: Listed, *more: str) -> Surroundings:
        """Return what the listed things speak of, and the agencies with these names too."""
        definitions = [one.definition for one in listed.services]
        opened = await self._catalogue.services_named({slug for one in definitions for slug in one.opens}, self._then)
        needed = {need.resource for one in definitions for need in one.evidence}
        needed -= {one.slug for one in listed.resources}
        resources = [*listed.resources, *await self._resources_named(needed)]
        agencies = {*more, *(one.agency for one in (*listed.services, *opened))}
        agencies |= {one.appeal_body for one in definitions if one.appeal_body is not None}
        agencies |= {one.description.owner for one in resources}
        known = {one.slug: one for one in listed.agencies}
        known |= {one.slug: one for one in await self._catalogue.agencies_named(agencies - known.keys())}
        return Surroundings(known, {one.slug: one for one in resources}, {one.slug: one for one in opened})

    async def coordinator(self) -> str | None:
        """Return the agency that coordinates; None when none does."""
        return await self._register.coordinator(self._then.instant, self._then.position)

    async def agency(self, slug: str) -> CatalogueAgency | None:
        """Return the agency; None when it is not registered."""
        return await self._catalogue.agency(slug)

    async def service(self, slug: str) -> CatalogueService | None:
        """Return the version of a service that may be asked for, or else the one published last; None without one."""
        return await self._catalogue.last_one(slug, self._then)

    async def resource(self, slug: str) -> RegisteredResource | None:
        """Return the resource; None when nobody has proposed it."""
        found = await self._register.resource(slug, self._then.position)
        return None if found is None else _told(found)

    async def _services(self, *, after: str, limit: int) -> Sequence[CatalogueService]:
        return await self._catalogue.services(self._then, after=after, limit=limit)

    async def _resources(self, *, after: str, limit: int) -> Sequence[RegisteredResource]:
        found = await self._register.resources(position=self._then.position, after=after, limit=limit)
        return [_told(one) for one in found]

    async def _resources_named(self, slugs: Collection[str]) -> Sequence[RegisteredResource]:
        return [_told(one) for one in await self._register.resources_named(slugs, self._then.position)]


def _told(found: types.RegisteredResource) -> RegisteredResource:
    return RegisteredResource(found.description, found.integration, found.status)
