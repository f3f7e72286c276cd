"""Reads the catalogue."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from ledger.postgresql.arrays import texts
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.reading import ViewReader

_AGENCIES = """
SELECT agency, name, time_zone, desks, limits FROM catalogue.agencies WHERE agency > %b ORDER BY agency LIMIT %b
"""
_AGENCIES_NAMED = """
SELECT agency, name, time_zone, desks, limits FROM catalogue.agencies WHERE agency = ANY (%b) ORDER BY agency
"""
_AGENCY = "SELECT agency, name, time_zone, desks, limits FROM catalogue.agencies WHERE agency = %b"
_COLUMNS = (
    "s.service, s.agency, s.published, v.number, v.status, v.drafted_at, v.published_at, v.ended_at, v.definition"
)
_NAMES = tuple(CatalogueService.model_fields)
_PUBLISHED = f"""
SELECT {_COLUMNS} FROM catalogue.services s
  JOIN catalogue.versions v ON v.stream = s.stream AND v.number = s.published
 WHERE s.service > %b AND (%b = '' OR s.agency = %b) ORDER BY s.service LIMIT %b
"""  # noqa: S608 - constant columns
_PUBLISHED_NAMED = f"""
SELECT {_COLUMNS} FROM catalogue.services s
  JOIN catalogue.versions v ON v.stream = s.stream AND v.number = s.published
 WHERE s.service = ANY (%b) ORDER BY s.service
"""  # noqa: S608 - constant columns
_NEWEST = f"""
SELECT {_COLUMNS} FROM catalogue.services s
 CROSS JOIN LATERAL (SELECT * FROM catalogue.versions v WHERE v.stream = s.stream AND v.status <> 'draft'
                      ORDER BY v.number DESC LIMIT 1) v
 WHERE s.service = %b
"""  # noqa: S608 - constant columns
_VERSIONS = f"""
SELECT {_COLUMNS} FROM catalogue.services s JOIN catalogue.versions v ON v.stream = s.stream
 WHERE s.service = %b ORDER BY v.number DESC
"""  # noqa: S608 - constant columns


class CatalogueReads:
    """Agencies and services."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def agencies(self, *, after: str = "", limit: int = 50) -> list[CatalogueAgency]:
        """Return the agencies after a name, in the order of their names."""
        return [_agency(row) for row in await self._reader.fetch(_AGENCIES, [after, limit])]

    async def agency(self, slug: str) -> CatalogueAgency | None:
        """Return an agency; None when it is not registered."""
        rows = await self._reader.fetch(_AGENCY, [slug])
        return _agency(rows[0]) if rows else None

    async def agencies_named(self, slugs: Collection[str]) -> list[CatalogueAgency]:
        """Return those agencies of these names that are registered."""
        return [_agency(row) for row in await self._reader.fetch(_AGENCIES_NAMED, [texts([*slugs])])] if slugs else []

    async def services(self, *, after: str = "", limit: int = 50, agency: str | None = None) -> list[CatalogueService]:
        """Return the published versions of the services after a name, in the order of their names."""
        rows = await self._reader.fetch(_PUBLISHED, [after, agency or "", agency or "", limit])
        return [_service(row) for row in rows]

    async def service(self, slug: str, version: int | None = None) -> CatalogueService | None:
        """Return a version of a service, by default the published one; None when there is no such version."""
        for each in await self.versions(slug):
            if each.version == (version if version is not None else each.published):
                return each
        return None

    async def published_named(self, slugs: Collection[str]) -> list[CatalogueService]:
        """Return the published versions of those services of these names that have one."""
        return [_service(row) for row in await self._reader.fetch(_PUBLISHED_NAMED, [texts([*slugs])])] if slugs else []

    async def newest(self, slug: str) -> CatalogueService | None:
        """Return the newest version that was ever published, also of a withdrawn service; None when there is none."""
        rows = await self._reader.fetch(_NEWEST, [slug])
        return _service(rows[0]) if rows else None

    async def versions(self, slug: str) -> list[CatalogueService]:
        """Return all versions of a service, with drafts, newest first."""
        return [_service(row) for row in await self._reader.fetch(_VERSIONS, [slug])]


def _agency(row: Sequence[Any]) -> CatalogueAgency:
    slug, name, time_zone, desks, limits = row
    return CatalogueAgency(
        slug=slug,
        name=orjson.loads(name),
        time_zone=time_zone,
        desks=orjson.loads(desks),
        desk_limits=orjson.loads(limits),
    )


def _service(row: Sequence[Any]) -> CatalogueService:
    *values, definition = row
    return CatalogueService.model_validate(dict(zip(_NAMES, (*values, orjson.loads(definition)), strict=True)))
