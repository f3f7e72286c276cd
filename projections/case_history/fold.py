"""Folds events of cases into their timelines."""

from uuid import UUID

import orjson

from domain.case.events import SEALED_ANSWERS
from domain.opening.events import OPENING_EVENTS
from domain.values import text_at
from projections.columns import bigint, bytea, uuid
from projections.recorded import Recorded
from projections.tables import Rows, Table
from projections.view import View, needs_nothing

_OPEN_ANSWERS = "open_answers"
_BESIDE = frozenset({"look.recorded", *(kind.topic for kind in OPENING_EVENTS)})
_ENTRIES = Table(
    "entries",
    "appended",
    (uuid("case_id"), bigint("position"), uuid("stream"), bigint("version"), bytea("entry"), bytea("sealed")),
    key=2,
)


def fold(rows: Rows, event: Recorded) -> None:
    """Add the event to its case's timeline. Looks and openings have streams of their own, but belong to it too."""
    if event.of_case:
        case_id = event.stream
    elif event.topic in _BESIDE:
        case_id = UUID(event.data["case_id"])
    else:
        return
    row = (case_id, event.position, event.stream, event.version, entry_of(event), event.sealed)
    rows.appended["entries"].add(row)


def entry_of(event: Recorded) -> bytes:
    """Return an event's entry in the timeline: one JSON object.

    Answers come last in an entry, so that `api/cases.py` can add those that it opens.
    """
    data, sealed = event.data, _sealed_names(event.sealed)
    document = {
        "version": event.version,
        "position": event.position,
        "type": event.topic,
        "occurredAt": event.occurred_at,
        "recordedAt": text_at(event.recorded_at),
        "actor": event.actor,
        "data": data,
        "sealed": sealed,
    }
    if _OPEN_ANSWERS in data or any(name.startswith(SEALED_ANSWERS) for name in sealed):
        answers = data.get(_OPEN_ANSWERS, {})  # what resources answer is always sealed
        document["data"] = {name: value for name, value in data.items() if name != _OPEN_ANSWERS}
        document |= {"open": sorted(answers), "answers": answers}
    return orjson.dumps(document)


def _sealed_names(sealed: bytes) -> list[str]:
    """Return the stored names of the sealed fields, without opening any."""
    if not sealed:
        return []
    return sorted(name for fields in orjson.loads(sealed).values() for name in fields)


VIEW = View("case_history", (_ENTRIES,), needs_nothing, fold, version=2)
