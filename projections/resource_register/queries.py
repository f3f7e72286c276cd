"""Reads the register as it was known at a position; `LATEST` is the position of what is known now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.register.values import DataElement, RegisterRules, ResourceDescription
from domain.values import micros_at
from ledger.postgresql.arrays import texts
from projections.as_of import LATEST
from projections.reading import ViewReader
from projections.resource_register.similarity import ALIKE, compare
from projections.resource_register.types import (
    Coordination,
    Grant,
    Judgement,
    NotifiedChange,
    RegisterDocument,
    RegisteredElement,
    RegisteredResource,
    ResourceRecord,
    Sharing,
    SimilarResource,
)

MOST = 100
"""The most judgements, sharings, changes and namings in one answer."""

_NAMINGS = """
SELECT agency, from_date, begins_at, act, named_at FROM resource_register.coordinators
 WHERE position <= %b ORDER BY position DESC LIMIT %b
"""
_REGISTER = """
SELECT c.agency, r.rules, r.set_at FROM (SELECT %b AS instant, %b AS upto) AS asked
  LEFT JOIN LATERAL (
    SELECT c.agency FROM resource_register.coordinators c
     WHERE c.begins_at <= asked.instant AND c.position <= asked.upto
     ORDER BY c.begins_at DESC, c.position DESC LIMIT 1) c ON true
  LEFT JOIN LATERAL (
    SELECT r.rules, r.set_at FROM resource_register.rules r WHERE r.position <= asked.upto
     ORDER BY r.position DESC LIMIT 1) r ON true
"""
_ELEMENT_COLUMNS = "e.element, v.type, v.title, v.identifies, v.holder, v.shared_by, w.answered_by"
_ELEMENT_THEN = """
 CROSS JOIN LATERAL (
    SELECT * FROM resource_register.element_versions v WHERE v.element = e.element AND v.position <= %b
     ORDER BY v.position DESC LIMIT 1) v
 CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(g.resource ORDER BY g.resource), '{}') AS answered_by
      FROM resource_register.answering g CROSS JOIN LATERAL (
        SELECT w.until FROM resource_register.answers w
         WHERE w.element = g.element AND w.resource = g.resource AND w.since <= %b ORDER BY w.since DESC LIMIT 1) w
     WHERE g.element = e.element AND w.until > %b) w
"""
_ELEMENTS = f"""
SELECT {_ELEMENT_COLUMNS} FROM resource_register.elements e {_ELEMENT_THEN}
 WHERE e.element > %b ORDER BY e.element LIMIT %b
"""  # noqa: S608 - constant columns
_ELEMENT = f"""
SELECT {_ELEMENT_COLUMNS} FROM resource_register.elements e {_ELEMENT_THEN}
 WHERE e.element = %b
"""  # noqa: S608 - constant columns
_OF_RESOURCE = tuple(RegisteredResource.model_fields)
_RESOURCE_COLUMNS = ", ".join(f"v.{'resource' if name == 'slug' else name}" for name in _OF_RESOURCE)
_RESOURCE_THEN = """
 CROSS JOIN LATERAL (
    SELECT * FROM resource_register.resource_versions v WHERE v.resource = r.resource AND v.position <= %b
     ORDER BY v.position DESC LIMIT 1) v
"""
_RESOURCES = f"""
SELECT {_RESOURCE_COLUMNS} FROM resource_register.resources r {_RESOURCE_THEN}
 WHERE r.resource > %b ORDER BY r.resource LIMIT %b
"""  # noqa: S608 - constant columns
_RESOURCES_NAMED = f"""
SELECT {_RESOURCE_COLUMNS} FROM resource_register.resources r {_RESOURCE_THEN}
 WHERE r.resource = ANY (%b) ORDER BY r.resource
"""  # noqa: S608 - constant columns
_RESOURCE = f"""
SELECT {_RESOURCE_COLUMNS} FROM resource_register.resources r {_RESOURCE_THEN} WHERE r.resource = %b
"""  # noqa: S608 - constant columns
# The judgements are those about the last proposal, which is named by the resource's version.
_RECORD = """
SELECT (
    SELECT coalesce(json_agg(h.element ORDER BY h.element), '[]') FROM (
        SELECT e.element FROM unnest(asked.elements) AS e (element) CROSS JOIN LATERAL (
            SELECT v.holder FROM resource_register.element_versions v
             WHERE v.element = e.element AND v.position <= asked.upto ORDER BY v.position DESC LIMIT 1) v
         WHERE v.holder = asked.resource) h)::text, (
    SELECT coalesce(json_agg(j ORDER BY j.position DESC), '[]') FROM (
        SELECT v.resource, v.proposed_in FROM resource_register.resource_versions v
         WHERE v.resource = asked.resource AND v.position <= asked.upto ORDER BY v.position DESC LIMIT 1) v
     CROSS JOIN LATERAL (
        SELECT * FROM resource_register.judgements j
         WHERE j.resource = v.resource AND j.position > v.proposed_in AND j.position <= asked.upto
         ORDER BY j.position DESC LIMIT asked.most) j)::text, (
    SELECT coalesce(json_agg(s ORDER BY s.position DESC), '[]') FROM (
        SELECT * FROM resource_register.sharings s WHERE s.resource = asked.resource AND s.position <= asked.upto
         ORDER BY s.position DESC LIMIT asked.most) s)::text, (
    SELECT coalesce(json_agg(c ORDER BY c.position DESC), '[]') FROM (
        SELECT *, notified_on > due_on AS late FROM resource_register.changes c
         WHERE c.resource = asked.resource AND c.position <= asked.upto
         ORDER BY c.position DESC LIMIT asked.most) c)::text
  FROM (SELECT %b AS resource, %b AS elements, %b AS upto, %b AS most) AS asked
"""
_OF_GRANT = tuple(Grant.model_fields)
_GRANT_COLUMNS = ", ".join(f"v.{name}" for name in _OF_GRANT)
_GRANT_THEN = """
 CROSS JOIN LATERAL (
    SELECT * FROM resource_register.grant_versions v WHERE v.name = g.name AND v.position <= %b
     ORDER BY v.position DESC LIMIT 1) v
"""
_GRANTS = f"""
SELECT {_GRANT_COLUMNS} FROM resource_register.grants g {_GRANT_THEN} WHERE g.name > %b ORDER BY g.name LIMIT %b
"""  # noqa: S608 - constant columns
_GRANTS_OF_AGENCY = f"""
SELECT {_GRANT_COLUMNS} FROM resource_register.grant_parties g {_GRANT_THEN}
 WHERE g.part = 'agency' AND g.party = %b AND g.name > %b AND v.agency = g.party ORDER BY g.name LIMIT %b
"""  # noqa: S608 - constant columns
_GRANTS_OF_RESOURCE = f"""
SELECT {_GRANT_COLUMNS} FROM resource_register.grant_parties g {_GRANT_THEN}
 WHERE g.part = 'resource' AND g.party = %b AND g.name > %b AND v.resource = g.party AND (%b = '' OR v.agency = %b)
 ORDER BY g.name LIMIT %b
"""  # noqa: S608 - constant columns
_DESCRIPTIONS = """
SELECT resource, status, description FROM resource_register.resources
 WHERE resource > %b ORDER BY resource LIMIT %b
"""
_AT_ONCE = 500
_OVER = frozenset({"refused", "archived"})
_JSON = frozenset({"description", "integration", "retired_why", "reasons", "elements", "purpose"})


class ResourceRegister:
    """The register of resources."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def register(self, at: datetime, position: int = LATEST) -> RegisterDocument:
        """Return who is the coordinator at an instant, and the rules."""
        namings = await self._reader.fetch(_NAMINGS, [position, MOST])
        [(coordinator, rules, set_at)] = await self._reader.fetch(_REGISTER, [micros_at(at), position])
        return RegisterDocument(
            coordinator=coordinator,
            namings=[Coordination.model_validate(_named(Coordination.model_fields, row)) for row in namings],
            rules=RegisterRules() if rules is None else RegisterRules.model_validate_json(rules),
            rules_set_at=set_at,
        )

    async def coordinator(self, at: datetime, position: int = LATEST) -> str | None:
        """Return the agency that is the coordinator at an instant; None before the first one begins."""
        [(coordinator, _, _)] = await self._reader.fetch(_REGISTER, [micros_at(at), position])
        return None if coordinator is None else str(coordinator)

    async def elements(self, *, position: int = LATEST, after: str = "", limit: int = 50) -> list[RegisteredElement]:
        """Return the elements after a name, in the order of their names."""
        rows = await self._reader.fetch(_ELEMENTS, [position, position, position, after, limit])
        return [_element(row) for row in rows]

    async def element(self, name: str, position: int = LATEST) -> RegisteredElement | None:
        """Return the element; None when it is not in the vocabulary."""
        rows = await self._reader.fetch(_ELEMENT, [position, position, position, name])
        return _element(rows[0]) if rows else None

    async def resources(self, *, position: int = LATEST, after: str = "", limit: int = 50) -> list[RegisteredResource]:
        """Return the resources after a name, in the order of their names, whatever their status."""
        rows = await self._reader.fetch(_RESOURCES, [position, after, limit])
        return [_resource(row) for row in rows]

    async def resource(self, slug: str, position: int = LATEST) -> RegisteredResource | None:
        """Return the resource; None when nobody has proposed it."""
        rows = await self._reader.fetch(_RESOURCE, [position, slug])
        return _resource(rows[0]) if rows else None

    async def resources_named(self, slugs: Collection[str], position: int = LATEST) -> list[RegisteredResource]:
        """Return those resources of these names that somebody has proposed."""
        if not slugs:
            return []
        return [_resource(row) for row in await self._reader.fetch(_RESOURCES_NAMED, [position, texts([*slugs])])]

    async def record(self, resource: RegisteredResource, position: int = LATEST) -> ResourceRecord:
        """Return what else is on record about a resource."""
        asked = [resource.slug, texts(resource.description.elements), position, MOST]
        [lists] = await self._reader.fetch(_RECORD, asked)
        holds, judgements, sharings, changes = map(orjson.loads, lists)
        return ResourceRecord(
            holds=holds,
            judgements=[Judgement.model_validate(_parsed(each)) for each in judgements],
            sharings=[Sharing.model_validate(_parsed(each)) for each in sharings],
            changes=[NotifiedChange.model_validate(each) for each in changes],
        )

    async def grants(
        self,
        *,
        position: int = LATEST,
        agency: str | None = None,
        resource: str | None = None,
        after: str = "",
        limit: int = 50,
    ) -> list[Grant]:
        """Return the grants after a name, in the order of their names.

        Args:
            position: what was known up to it.
            agency: only grants that this agency has asked for.
            resource: only grants of this resource.
            after: the name after which the page begins.
            limit: the most grants to return.
        """
        if resource is not None:
            asked = [position, resource, after, agency or "", agency or "", limit]
            rows = await self._reader.fetch(_GRANTS_OF_RESOURCE, asked)
        elif agency is not None:
            rows = await self._reader.fetch(_GRANTS_OF_AGENCY, [position, agency, after, limit])
        else:
            rows = await self._reader.fetch(_GRANTS, [position, after, limit])
        return [Grant.model_validate(_named(_OF_GRANT, row)) for row in rows]

    async def similar(self, slug: str) -> list[SimilarResource]:
        """Return the other resources that share an element with one or have a similar title, the most similar first.

        Whatever was refused or archived is left out. Each resource is looked at, some hundreds at a time.
        """
        asked = await self.resource(slug)
        found: list[SimilarResource] = []
        after: str | None = "" if asked is not None else None
        while asked is not None and after is not None:
            rows = await self._reader.fetch(_DESCRIPTIONS, [after, _AT_ONCE])
            for other, status, description in rows:
                if other != slug and status not in _OVER:
                    found += _similar(asked.description, status, orjson.loads(description))
            after = rows[-1][0] if len(rows) == _AT_ONCE else None
        return sorted(found, key=lambda each: (-each.jaccard, -each.contained, -each.titles, each.slug))[:MOST]


def _similar(asked: ResourceDescription, status: str, other: Mapping[str, Any]) -> list[SimilarResource]:
    shared = sorted(set(asked.elements) & set(other["elements"]))
    compared = compare(asked.elements, asked.title, other["elements"], other["title"])
    if not shared and compared.titles < ALIKE:
        return []
    known = {name: other[name] for name in ("slug", "owner", "title")}
    return [SimilarResource(**known, status=status, elements=shared, **compared._asdict())]


def _named(names: Any, row: Sequence[Any]) -> dict[str, Any]:
    return _parsed(dict(zip(names, row, strict=True)))


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: orjson.loads(value) if name in _JSON and value is not None else value for name, value in row.items()}


def _element(row: Sequence[Any]) -> RegisteredElement:
    name, kind, title, identifies, holder, shared_by, answered_by = row
    definition = {"name": name, "type": kind, "title": orjson.loads(title), "identifies_person": bool(identifies)}
    return RegisteredElement(
        name=name,
        definition=DataElement.model_validate(definition),
        holder=holder,
        shared_by=orjson.loads(shared_by),
        answered_by=answered_by,
    )


def _resource(row: Sequence[Any]) -> RegisteredResource:
    return RegisteredResource.model_validate(_named(_OF_RESOURCE, row))
