"""Reads what a document describes, and what that speaks of, in a number of statements that does not grow with it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from api.linked_data.addresses import SECTIONS, Section
from api.linked_data.documents import Listed
from api.linked_data.resources import RegisteredResource
from api.linked_data.surroundings import Surroundings
from projections.catalogue.queries import CatalogueReads


class ResourceReads(Protocol):
    """Reads the register's resources."""

    async def resources(self, *, after: str, limit: int) -> Sequence[RegisteredResource]:
        """Return the resources after a name, in the order of their names."""

    async def resources_named(self, slugs: Collection[str]) -> Sequence[RegisteredResource]:
        """Return those resources of these names that are registered."""


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


class _ReadSection(Protocol):
    async def __call__(self, *, after: str, limit: int) -> Sequence[_Named]: ...


class KnownResources:
    """Resources that are all known beforehand, in the order of their names."""

    def __init__(self, known: Sequence[RegisteredResource] = ()) -> None:
        self._known = sorted(known, key=attrgetter("slug"))

    async def resources(self, *, after: str, limit: int) -> Sequence[RegisteredResource]:
        """Return the resources after a name."""
        return [*islice((one for one in self._known if one.slug > after), limit)]

    async def resources_named(self, slugs: Collection[str]) -> Sequence[RegisteredResource]:
        """Return those resources of these names that there are."""
        return [one for one in self._known if one.slug in slugs]


class Place(NamedTuple):
    """A place in the catalogue: after a name in a section."""

    section: Section
    after: str


BEGINNING: Final = Place(SECTIONS[0], "")


async def read_page(
    catalogue: CatalogueReads, register: ResourceReads, place: Place, limit: int
) -> tuple[Listed, Place | None]:
    """Return up to so many things after a place, section by section, and the place where the next page begins."""
    sections: Mapping[Section, _ReadSection] = {
        "agencies": catalogue.agencies,
        "services": catalogue.services,
        "resources": register.resources,
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


async def surroundings_of(catalogue: CatalogueReads, register: ResourceReads, listed: Listed) -> Surroundings:
    """Return what the listed things speak of."""
    definitions = [one.definition for one in listed.services]
    opened = await catalogue.published_named({slug for one in definitions for slug in one.opens})
    needed = {need.resource for one in definitions for need in one.evidence}
    resources = [*listed.resources, *await register.resources_named(needed - {one.slug for one in listed.resources})]
    agencies = {one.agency for one in (*listed.services, *opened)}
    agencies |= {one.appeal_body for one in definitions if one.appeal_body is not None}
    agencies |= {one.description.owner for one in resources}
    known = {one.slug: one for one in listed.agencies}
    known |= {one.slug: one for one in await catalogue.agencies_named(agencies - known.keys())}
    return Surroundings(known, {one.slug: one for one in resources}, {one.slug: one for one in opened})
