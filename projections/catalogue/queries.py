"""Reads the catalogue, as it was known at a position and held on a day."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from domain.values import LARGEST_NUMBER
from ledger.postgresql.arrays import texts
from projections.as_of import Then
from projections.catalogue.in_force import ASKED, FROM_ITS_DAY, IN_FORCE, LAST, STILL, TODAY, ZONES, when
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.reading import ViewReader

_AGENCIES = """
SELECT agency, name, time_zone, desks, limits, stand_ins, calendar FROM catalogue.agencies
 WHERE agency > %b ORDER BY agency LIMIT %b
"""
_AGENCIES_NAMED = """
SELECT agency, name, time_zone, desks, limits, stand_ins, calendar FROM catalogue.agencies
 WHERE agency = ANY (%b) ORDER BY agency
"""
_AGENCY = "SELECT agency, name, time_zone, desks, limits, stand_ins, calendar FROM catalogue.agencies WHERE agency = %b"
_OWNER = "SELECT agency FROM catalogue.services WHERE service = %b"
_ZONES = ZONES
# What a version owes ends with a later publication, or with the withdrawal.
_DUTIES = """
    SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'resource', d.resource, 'elements', d.elements::json,
                                               'publish_by', d.publish_by, 'noted_at', d.noted_at)
                             ORDER BY d.position), '[]')::text AS duties
      FROM (SELECT * FROM catalogue.duties d
             WHERE d.stream = v.stream AND d.number = v.number AND d.position <= asked.upto
               AND d.position > last.published_in AND NOT last.is_withdrawn ORDER BY d.position DESC LIMIT 100) d"""
_COLUMNS = """
       CASE WHEN v.published_in IS NULL OR v.published_in > asked.upto THEN 'draft'
            WHEN v.ended_in <= asked.upto THEN v.status ELSE 'published' END,
       v.drafted_at, CASE WHEN v.published_in <= asked.upto THEN v.published_at END,
       CASE WHEN v.ended_in <= asked.upto THEN v.ended_at END,
       CASE WHEN v.published_in <= asked.upto THEN v.valid_from END,
       CASE WHEN v.published_in <= asked.upto THEN v.valid_to END, owed.duties, v.definition"""
_NAMES = tuple(CatalogueService.model_fields)
_THEIRS = f"""
SELECT s.service, s.agency, v.number, v.number, {_COLUMNS}"""
_SERVICES = f"""{_THEIRS} FROM {ASKED} CROSS JOIN catalogue.services s {IN_FORCE} CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE s.service > %b AND (%b = '' OR s.agency = %b) AND {STILL} ORDER BY s.service LIMIT %b
"""
# OFFSET 0 makes the planner look each row up; without it, it may scan whole tables.
_ASKS = """EXISTS (
    SELECT FROM catalogue.questions q
     WHERE q.stream = v.stream AND q.number = v.number AND q.element = %b OFFSET 0)"""
_RELIES = """EXISTS (
    SELECT FROM catalogue.evidence n
     WHERE n.stream = v.stream AND n.number = v.number AND n.resource = %b OFFSET 0)"""
_THE_SERVICE = "CROSS JOIN LATERAL (SELECT * FROM catalogue.services s WHERE s.stream = g.stream OFFSET 0) s"
_ASKING = f"""{_THEIRS} FROM {ASKED} CROSS JOIN catalogue.asking g {_THE_SERVICE}
 {IN_FORCE} CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE g.element = %b AND g.service > %b AND (%b = '' OR s.agency = %b) AND {STILL} AND {_ASKS}
   AND (%b = '' OR {_RELIES}) ORDER BY g.service LIMIT %b
"""
_RELYING = f"""{_THEIRS} FROM {ASKED} CROSS JOIN catalogue.relying g {_THE_SERVICE}
 {IN_FORCE} CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE g.resource = %b AND g.service > %b AND (%b = '' OR s.agency = %b) AND {STILL} AND {_RELIES}
 ORDER BY g.service LIMIT %b
"""
_IN_FORCE = f"""{_THEIRS} FROM {ASKED} CROSS JOIN catalogue.services s {IN_FORCE} CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE s.service = %b AND {STILL}
"""
_IN_FORCE_NAMED = f"""{_THEIRS} FROM {ASKED} CROSS JOIN catalogue.services s {IN_FORCE}
 CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE s.service = ANY (%b) AND {STILL} ORDER BY s.service
"""
# Any versions, whether they may be asked for or not. By itself, the planner may read those of all services.
_VERSIONS = f"""
SELECT s.service, s.agency, force.number, v.number, {_COLUMNS} FROM {ASKED} CROSS JOIN catalogue.services s {TODAY}
 CROSS JOIN LATERAL (
    SELECT * FROM catalogue.versions v
     WHERE v.stream = s.stream AND v.number BETWEEN %b AND %b AND v.drafted_in <= asked.upto
     ORDER BY v.number DESC LIMIT %b) v
  LEFT JOIN LATERAL ({LAST}) last ON true
  LEFT JOIN LATERAL (SELECT v.number FROM ({FROM_ITS_DAY}) v WHERE {STILL} OFFSET 0) force ON true
 CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE s.service = %b ORDER BY v.number DESC
"""  # noqa: S608 - constant columns
_LAST_ONE = f"""
SELECT s.service, s.agency, force.number, v.number, {_COLUMNS} FROM {ASKED} CROSS JOIN catalogue.services s {TODAY}
 CROSS JOIN LATERAL ({LAST}) last
  LEFT JOIN LATERAL (SELECT v.number FROM ({FROM_ITS_DAY}) v WHERE {STILL} OFFSET 0) force ON true
 CROSS JOIN LATERAL (
    SELECT * FROM catalogue.versions v
     WHERE v.stream = s.stream AND v.number = coalesce(force.number, last.number) OFFSET 0) v
 CROSS JOIN LATERAL ({_DUTIES}) owed
 WHERE s.service = %b
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

    async def owner(self, service: str) -> str | None:
        """Return the agency that owns a service, even if no version of it is published; None when there is none."""
        rows = await self._reader.fetch(_OWNER, [service])
        return rows[0][0] if rows else None

    async def services(
        self,
        then: Then,
        *,
        after: str = "",
        limit: int = 50,
        agency: str | None = None,
        asks: str | None = None,
        relies_on: str | None = None,
    ) -> list[CatalogueService]:
        """Return the versions that may be asked for, of the services after a name, in the order of their names.

        Args:
            then: what was known, and when: its day at each agency counts.
            after: the name after which the page begins.
            limit: the most services to return.
            agency: only services of this agency.
            asks: only services that ask applicants for this element.
            relies_on: only services that need evidence from this resource.
        """
        asked: list[object] = [*await when(self._reader, then)]
        of_agency = [agency or "", agency or ""]
        if asks is not None:
            more = [asks, after, *of_agency, asks, relies_on or "", relies_on or "", limit]
            rows = await self._reader.fetch(_ASKING, asked + more)
        elif relies_on is not None:
            rows = await self._reader.fetch(_RELYING, [*asked, relies_on, after, *of_agency, relies_on, limit])
        else:
            rows = await self._reader.fetch(_SERVICES, [*asked, after, *of_agency, limit])
        return [_service(row) for row in rows]

    async def service(self, slug: str, then: Then, version: int | None = None) -> CatalogueService | None:
        """Return a version of a service, by default the one that may be asked for; None when there is none."""
        asked: list[object] = [*await when(self._reader, then)]
        if version is None:
            rows = await self._reader.fetch(_IN_FORCE, [*asked, slug])
        else:
            rows = await self._reader.fetch(_VERSIONS, [*asked, version, version, 1, slug])
        return _service(rows[0]) if rows else None

    async def services_named(self, slugs: Collection[str], then: Then) -> list[CatalogueService]:
        """Return the versions that may be asked for, of those services of these names that have one."""
        if not slugs:
            return []
        asked = [*await when(self._reader, then), texts([*slugs])]
        return [_service(row) for row in await self._reader.fetch(_IN_FORCE_NAMED, asked)]

    async def last_one(self, slug: str, then: Then) -> CatalogueService | None:
        """Return the version that may be asked for, or else the one published last, also of a withdrawn service.

        None when no version was ever published.
        """
        rows = await self._reader.fetch(_LAST_ONE, [*await when(self._reader, then), slug])
        return _service(rows[0]) if rows else None

    async def versions(
        self, slug: str, then: Then, *, before: int = LARGEST_NUMBER, limit: int = 50
    ) -> list[CatalogueService]:
        """Return the versions of a service before a number, with drafts, the newest first."""
        asked = [*await when(self._reader, then), 1, before - 1, limit, slug]
        return [_service(row) for row in await self._reader.fetch(_VERSIONS, asked)]


def _agency(row: Sequence[Any]) -> CatalogueAgency:
    slug, name, time_zone, desks, limits, stand_ins, calendar = row
    return CatalogueAgency(
        slug=slug,
        name=orjson.loads(name),
        time_zone=time_zone,
        desks=orjson.loads(desks),
        desk_limits=orjson.loads(limits),
        stand_ins=orjson.loads(stand_ins),
        calendar=calendar,
    )


def _service(row: Sequence[Any]) -> CatalogueService:
    *values, duties, definition = row
    values += [orjson.loads(duties), orjson.loads(definition)]
    return CatalogueService.model_validate(dict(zip(_NAMES, values, strict=True)))
