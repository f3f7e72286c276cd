"""Folds the events of the register into its tables."""

from collections.abc import Callable, Collection, Mapping

from projections.dates import day_of
from projections.instants import micros
from projections.recorded import Batch, Recorded
from projections.resource_register import resources, tables
from projections.resource_register.rows import json, replace
from projections.tables import Row, Rows
from projections.view import Needs, View


def needs(batch: Batch) -> Needs:
    """Ask for the resources, elements and grants that the events name."""
    named: Mapping[str, set[str]] = {"resources": set(), "elements": set(), "grants": set()}
    for event in batch.events:
        if event.topic in resources.CHANGES:
            named["resources"].add(resources.named(event))
        elif event.topic == "register.elements_defined":
            named["elements"].update(each["name"] for each in event.data["elements"])
        elif event.topic == "register.element_retitled":
            named["elements"].add(event.data["element"])
        elif event.topic in _GRANTS:
            named["grants"].add(event.data["grant"])
    return named


def needs_more(rows: Rows, batch: Batch) -> Needs:
    """Ask for the elements of the resources, because their holders may change."""
    elements: set[str] = set()
    for event in batch.events:
        if event.topic in resources.CHANGES:
            elements.update(event.data.get("description", {}).get("elements", ()))
            row = rows.keyed["resources"].get(resources.named(event))
            elements.update(resources.elements_of(row) if row else ())
    return {"elements": elements}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into the register."""
    change = _CHANGES.get(event.topic)
    if change is not None:
        change(rows, event)


def _coordinator_named(rows: Rows, event: Recorded) -> None:
    named = event.data
    begins = day_of(named["from_date"]), micros(named["begins_at"])
    rows.appended["coordinators"].add((event.position, named["agency"], *begins, named["act"], event.occurred_micros))


def _rules_set(rows: Rows, event: Recorded) -> None:
    rows.appended["rules"].add((event.position, json(event.data["rules"]), event.occurred_micros))


def _elements_defined(rows: Rows, event: Recorded) -> None:
    for each in {each["name"]: each for each in event.data["elements"]}.values():
        known = rows.keyed["elements"].get(each["name"])
        row = {
            "element": each["name"],
            "type": each["type"],
            "title": json(each["title"]),
            "identifies": int(each["identifies_person"]),
            "holder": known["holder"] if known else None,
            "shared_by": known["shared_by"] if known else "[]",
        }
        replace(rows, tables.ELEMENTS, tables.ELEMENT_VERSIONS, row, event.position)


def _element_retitled(rows: Rows, event: Recorded) -> None:
    known = rows.keyed["elements"].require(event.data["element"])
    row = {**known, "title": json(event.data["title"])}
    replace(rows, tables.ELEMENTS, tables.ELEMENT_VERSIONS, row, event.position)


def _grant_asked(rows: Rows, event: Recorded) -> None:
    asked = event.data
    row = {
        "name": asked["grant"],
        "status": "asked",
        "agency": asked["agency"],
        "resource": asked["resource"],
        "elements": json(asked["elements"]),
        "purpose": json(asked["purpose"]),
        "legal_basis": asked["legal_basis"],
        "reasons": None,
        "asked_at": event.occurred_micros,
        "decided_at": None,
        "ended_at": None,
    }
    replace(rows, tables.GRANTS, tables.GRANT_VERSIONS, row, event.position)
    for part in ("agency", "resource"):
        key = (part, asked[part], asked["grant"])
        party = {"part": part, "party": asked[part], "name": asked["grant"], "asked_in": event.position}
        rows.keyed["grant_parties"].put(key, party)


def _grant_settled(status: str, when: str) -> Callable[[Rows, Recorded], None]:
    def settle(rows: Rows, event: Recorded) -> None:
        known = rows.keyed["grants"].require(event.data["grant"])
        reasons = json(event.data["reasons"]) if "reasons" in event.data else None
        row: Row = {**known, "status": status, when: event.occurred_micros, "reasons": reasons}
        replace(rows, tables.GRANTS, tables.GRANT_VERSIONS, row, event.position)

    return settle


_GRANTS: Mapping[str, Callable[[Rows, Recorded], None]] = {
    "register.grant_asked": _grant_asked,
    "register.grant_given": _grant_settled("given", "decided_at"),
    "register.grant_refused": _grant_settled("refused", "decided_at"),
    "register.grant_ended": _grant_settled("ended", "ended_at"),
}
_CHANGES: Mapping[str, Callable[[Rows, Recorded], None]] = {
    "register.coordinator_named": _coordinator_named,
    "register.rules_set": _rules_set,
    "register.elements_defined": _elements_defined,
    "register.element_retitled": _element_retitled,
    **resources.CHANGES,
    **_GRANTS,
}
TOPICS: Collection[str] = _CHANGES.keys()
"""The topics of the register's events."""

VIEW = View("resource_register", tables.ALL, needs, fold, needs_more=needs_more)
