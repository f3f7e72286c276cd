"""Reads the register as it was known at a position; `LATEST` is the position of what is known now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.register.values import RegisterRules, ResourceDescription
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
_COORDINATOR = """
SELECT agency FROM resource_register.coordinators WHERE begins_at <= %b AND position <= %b
 ORDER BY begins_at DESC, position DESC LIMIT 1
"""
_RULES = """
SELECT rules, set_at FROM resource_register.rules WHERE position <= %b ORDER BY position DESC LIMIT 1
"""
_ELEMENT_COLUMNS = "e.element, v.type, v.title, v.identifies, v.holder, w.answered_by"
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
 WHERE e.element > %b AND v.title IS NOT NULL ORDER BY e.element LIMIT %b
"""  # noqa: S608 - constant columns
_ELEMENT = f"""
SELECT {_ELEMENT_COLUMNS} FROM resource_register.elements e {_ELEMENT_THEN}
 WHERE e.element = %b AND v.title IS NOT NULL
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
_RESOURCE = f"""
SELECT {_RESOURCE_COLUMNS} FROM resource_register.resources r {_RESOURCE_THEN} WHERE r.resource = %b
"""  # noqa: S608 - constant columns
_HOLDS = """
SELECT asked.element FROM unnest(%b) AS asked (element) CROSS JOIN LATERAL (
    SELECT v.holder FROM resource_register.element_versions v WHERE v.element = asked.element AND v.position <= %b
     ORDER BY v.position DESC LIMIT 1) v
 WHERE v.holder = %b ORDER BY asked.element
"""
_OF_JUDGEMENT = tuple(Judgement.model_fields)
# Those about the last proposal, which is named by the resource's version.
_JUDGEMENTS = f"""
SELECT {", ".join(f"j.{name}" for name in _OF_JUDGEMENT)} FROM (
    SELECT v.resource, v.proposed_in FROM resource_register.resource_versions v
     WHERE v.resource = %b AND v.position <= %b ORDER BY v.position DESC LIMIT 1) v
 CROSS JOIN LATERAL (
    SELECT * FROM resource_register.judgements j
     WHERE j.resource = v.resource AND j.position > v.proposed_in AND j.position <= %b
     ORDER BY j.position DESC LIMIT %b) j
 ORDER BY j.position DESC
"""  # noqa: S608 - constant columns
_SHARINGS = """
SELECT elements, reasons, allowed_at FROM resource_register.sharings
 WHERE resource = %b AND position <= %b ORDER BY position DESC LIMIT %b
"""
_CHANGES = """
SELECT changed_on, due_on, notified_on, notified_on > due_on FROM resource_register.changes
 WHERE resource = %b AND position <= %b ORDER BY position DESC LIMIT %b
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
        coordinator = await self._reader.fetch(_COORDINATOR, [micros_at(at), position])
        namings = await self._reader.fetch(_NAMINGS, [position, MOST])
        rules = await self._reader.fetch(_RULES, [position])
        return RegisterDocument(
            coordinator=coordinator[0][0] if coordinator else None,
            namings=[Coordination.model_validate(_named(Coordination.model_fields, row)) for row in namings],
            rules=RegisterRules.model_validate_json(rules[0][0]) if rules else RegisterRules(),
            rules_set_at=rules[0][1] if rules else None,
        )

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

    async def record(self, resource: RegisteredResource, position: int = LATEST) -> ResourceRecord:
        """Return what else is on record about a resource."""
        slug = resource.slug
        holds = await self._reader.fetch(_HOLDS, [texts(resource.description.elements), position, slug])
        judgements = await self._reader.fetch(_JUDGEMENTS, [slug, position, position, MOST])
        sharings = await self._reader.fetch(_SHARINGS, [slug, position, MOST])
        changes = await self._reader.fetch(_CHANGES, [slug, position, MOST])
        return ResourceRecord(
            holds=[element for (element,) in holds],
            judgements=[Judgement.model_validate(_named(_OF_JUDGEMENT, row)) for row in judgements],
            sharings=[Sharing.model_validate(_named(Sharing.model_fields, row)) for row in sharings],
            changes=[NotifiedChange.model_validate(_named(NotifiedChange.model_fields, row)) for row in changes],
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
        after, rows = "", await self._reader.fetch(_DESCRIPTIONS, ["", _AT_ONCE])
        while asked is not None and rows:
            for other, status, description in rows:
                if other != slug and status not in _OVER:
                    found += _similar(asked.description, status, orjson.loads(description))
            after = rows[-1][0]
            rows = await self._reader.fetch(_DESCRIPTIONS, [after, _AT_ONCE])
        return sorted(found, key=lambda each: (-each.jaccard, -each.contained, -each.titles, each.slug))[:MOST]


def _similar(asked: ResourceDescription, status: str, other: Mapping[str, Any]) -> list[SimilarResource]:
    shared = sorted(set(asked.elements) & set(other["elements"]))
    compared = compare(asked.elements, asked.title, other["elements"], other["title"])
    if not shared and compared.titles < ALIKE:
        return []
    known = {name: other[name] for name in ("slug", "owner", "title")}
    return [SimilarResource(**known, status=status, elements=shared, **compared._asdict())]


def _named(names: Any, row: Sequence[Any]) -> dict[str, Any]:
    named = zip(names, row, strict=True)
    return {name: orjson.loads(value) if name in _JSON and value is not None else value for name, value in named}


def _element(row: Sequence[Any]) -> RegisteredElement:
    name, kind, title, identifies, holder, answered_by = row
    definition = {"name": name, "type": kind, "title": orjson.loads(title), "identifies_person": bool(identifies)}
    return RegisteredElement.model_validate(
        {"name": name, "definition": definition, "holder": holder, "answered_by": answered_by}
    )


def _resource(row: Sequence[Any]) -> RegisteredResource:
    return RegisteredResource.model_validate(_named(_OF_RESOURCE, row))
