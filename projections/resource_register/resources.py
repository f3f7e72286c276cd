"""Folds what happens to resources: how far each is, who holds which element, and who answers it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import orjson

from projections.dates import day_of
from projections.recorded import Recorded
from projections.resource_register import tables
from projections.resource_register.rows import json, replace
from projections.resource_register.tables import NO_END
from projections.tables import Row, Rows

_BACK: Final = {"status": "approved", "audited_on": None}
HOLDING: Final = frozenset({"approved", "use_asked", "in_use", "integrated"})
"""The statuses in which a resource holds its elements."""

_LATER: Final = dict.fromkeys(
    (
        "integration",
        "refused_at",
        "approved_at",
        "audited_on",
        "in_use_at",
        "integrated_at",
        "retired_on",
        "retired_why",
        "successor",
        "archived_at",
        "archive",
    )
)


def named(event: Recorded) -> str:
    """Return the resource that an event is about."""
    data = event.data
    slug: str = data["description"]["slug"] if "description" in data else data["resource"]
    return slug


def _proposed(rows: Rows, event: Recorded) -> None:
    description = event.data["description"]
    known = rows.keyed["resources"].get(description["slug"])
    row = {
        "resource": description["slug"],
        "status": "proposed",
        "description": json(description),
        "proposed_in": event.position,
        "proposed_at": event.occurred_micros,
        "answered": known["answered"] if known else "{}",
        **_LATER,
    }
    _put(rows, event, known, row)


def _changed(rows: Rows, event: Recorded) -> None:
    changed = event.data
    description = changed["description"]
    slug = description["slug"]
    days = [day_of(changed[name]) for name in ("changed_on", "due_on", "local_date")]
    rows.appended["changes"].add((slug, event.position, *days))
    known = rows.keyed["resources"].require(slug)
    _put(rows, event, known, {**known, "description": json(description)})


def _judged(rows: Rows, event: Recorded) -> None:
    judged = event.data
    slug, approval, verdict = judged["resource"], judged["approval"], judged["verdict"]
    answer = (approval, judged["body"], verdict, json(judged["reasons"]), event.occurred_micros)
    rows.appended["judgements"].add((slug, event.position, *answer))
    if verdict == "negative":
        at = event.occurred_micros
        _move(rows, event, {"status": "refused", "refused_at": at} if approval == "establish" else _BACK)


def _integrated(rows: Rows, event: Recorded) -> None:
    integration = event.data["integration"]
    moved = {"status": "integrated", "integrated_at": event.occurred_micros, "integration": json(integration)}
    _move(rows, event, moved)


def _retired(rows: Rows, event: Recorded) -> None:
    heir = event.data["successor"]
    moved = {
        "status": "retired",
        "retired_on": day_of(event.data["local_date"]),
        "retired_why": json(event.data["reasons"]),
        "successor": heir,
    }
    _move(rows, event, moved, heir)


def _allowed(rows: Rows, event: Recorded) -> None:
    shared = event.data
    allowed = (json(shared["elements"]), json(shared["reasons"]), event.occurred_micros)
    rows.appended["sharings"].add((shared["resource"], event.position, *allowed))


def _moving(status: str, moved: Callable[[Recorded], dict[str, Any]]) -> Callable[[Rows, Recorded], None]:
    return lambda rows, event: _move(rows, event, {"status": status, **moved(event)})


def _move(rows: Rows, event: Recorded, moved: Mapping[str, Any], heir: str | None = None) -> None:
    known = rows.keyed["resources"].require(event.data["resource"])
    _put(rows, event, known, {**known, **moved}, heir)


def _put(rows: Rows, event: Recorded, known: Row | None, row: Row, heir: str | None = None) -> None:
    """Put the resource, and what follows from its status: who holds its elements, and who answers them."""
    before, held = _held(known), _held(row)
    if held != before:
        _hold(rows, event, row["resource"], before, held, heir)
    answered = _follow(rows, event, row, _answered(row))
    replace(rows, tables.RESOURCES, tables.RESOURCE_VERSIONS, {**row, "answered": answered}, event.position)


def elements_of(row: Row) -> list[str]:
    """Return the elements that a resource's description names."""
    elements: list[str] = orjson.loads(row["description"])["elements"]
    return elements


def _held(row: Row | None) -> frozenset[str]:
    return frozenset(elements_of(row)) if row is not None and row["status"] in HOLDING else frozenset()


def _answered(row: Row) -> list[str]:
    if row["status"] != "integrated" or row["integration"] is None:
        return []
    elements: list[str] = orjson.loads(row["integration"])["elements"]
    return elements


def _hold(
    rows: Rows, event: Recorded, slug: str, before: frozenset[str], held: frozenset[str], heir: str | None
) -> None:
    """Let the resource join those that hold its new elements, and leave the others.

    The first that holds an element is its holder, the others share it. An heir that shares one becomes its holder.
    """
    for name in sorted(before ^ held):
        known = rows.keyed["elements"].require(name)
        holding = holding_of(known)
        after = [each for each in holding if each != slug] if name in before else [*holding, slug]
        if heir in after and holding[0] == slug:
            after = [heir, *(each for each in after if each != heir)]
        holder, shared_by = (after[0], after[1:]) if after else (None, [])
        row = {**known, "holder": holder, "shared_by": json(shared_by)}
        replace(rows, tables.ELEMENTS, tables.ELEMENT_VERSIONS, row, event.position)


def holding_of(element: Row) -> list[str]:
    """Return the resources that hold an element, its holder first."""
    shared_by: list[str] = orjson.loads(element["shared_by"])
    return [] if element["holder"] is None else [element["holder"], *shared_by]


def _follow(rows: Rows, event: Recorded, row: Row, elements: Collection[str]) -> str:
    """Begin and end the spells in which a resource answers elements; return since when it answers each, as JSON."""
    slug, at = row["resource"], event.position
    before: dict[str, int] = orjson.loads(row["answered"])
    after = {name: before.get(name, at) for name in sorted(set(elements))}
    for name, since in {**before, **after}.items():
        if name not in after or name not in before:
            until = NO_END if name in after else at
            spell = {"element": name, "resource": slug, "since": since, "until": until}
            rows.keyed["answers"].put((name, slug, since), spell)
            rows.keyed["answering"].put((name, slug), {"element": name, "resource": slug, "position": at})
    return json(after)


CHANGES: Final[Mapping[str, Callable[[Rows, Recorded], None]]] = {
    "register.resource_proposed": _proposed,
    "register.resource_judged": _judged,
    "register.resource_approved": _moving("approved", lambda event: {"approved_at": event.occurred_micros}),
    "register.resource_use_asked": _moving("use_asked", lambda event: {"audited_on": day_of(event.data["audited_on"])}),
    "register.resource_taken_into_use": _moving("in_use", lambda event: {"in_use_at": event.occurred_micros}),
    "register.resource_integrated": _integrated,
    "register.resource_changed": _changed,
    "register.resource_retired": _retired,
    "register.resource_archived": _moving(
        "archived", lambda event: {"archived_at": event.occurred_micros, "archive": event.data["archive"]}
    ),
    "register.sharing_allowed": _allowed,
}
"""For each topic about resources, the change that it makes."""
