"""Folds events of cases into when each open one is due."""

from projections.columns import bigint, text, uuid
from projections.instants import micros
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Rows, Table
from projections.view import Needs, View

_CASES = Table(
    "cases",
    "keyed",
    (uuid("case_id"), bigint("due"), text("agency"), text("service"), text("reference"), bigint("ended_at")),
)
_ENDS = frozenset({"case.closed", "case.withdrawn"})
_TOPICS = _ENDS | {"case.reopened"}


def needs(batch: Batch) -> Needs:
    """Need the cases that end or are opened again."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Take the event into its case's row, if the case has a deadline."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        if event.data["deadline"] is not None:
            row = {name: event.data[name] for name in ("agency", "service", "reference")}
            due = micros(event.data["deadline"])
            cases.put(event.stream, {"case_id": event.stream, "due": due, **row, "ended_at": None})
    elif event.topic in _TOPICS and (known := cases.get(event.stream)) is not None:
        ended_at = event.occurred_micros if event.topic in _ENDS else None
        cases.put(event.stream, {**known, "ended_at": ended_at})


VIEW = View("deadlines", (_CASES,), needs, fold)
