"""Folds events of cases into the counts of their services."""

from collections.abc import Callable, Mapping
from typing import Any

from projections.columns import bigint, text, uuid
from projections.instants import micros_or_none
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import CountedRows, Row, Rows, Table
from projections.view import Needs, View

_TOTALS = Table(
    "totals",
    "counted",
    (
        text("service"),
        bigint("submitted"),
        bigint("open"),
        bigint("closed"),
        bigint("late"),
        bigint("withdrawn"),
        bigint("granted"),
        bigint("refused"),
        bigint("partly"),
        bigint("reopened"),
        bigint("steps"),
    ),
)
_CASES = Table(
    "cases",
    "keyed",
    (uuid("case_id"), text("service"), bigint("deadline"), text("outcome"), bigint("ended_at")),
)


def needs(batch: Batch) -> Needs:
    """Need the cases to which something happens that counts."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Count the event for its service."""
    cases, totals = rows.keyed["cases"], rows.counted["totals"]
    if event.topic == SUBMITTED:
        service = event.data["service"]
        due = micros_or_none(event.data["deadline"])
        row = {"case_id": event.stream, "service": service, "deadline": due, "outcome": None, "ended_at": None}
        cases.put(event.stream, row)
        totals.count(service, submitted=1, open=1)
    elif count := _COUNTS.get(event.topic):
        row = cases.require(event.stream)
        if changes := count(totals, row, event):
            cases.put(event.stream, {**row, **changes})


def _is_late(row: Row, ended_at: int) -> bool:
    return row["deadline"] is not None and ended_at > row["deadline"]


def _step(totals: CountedRows, row: Row, _: Recorded) -> dict[str, Any]:
    totals.count(row["service"], steps=1)
    return {}


def _decided(totals: CountedRows, row: Row, event: Recorded) -> dict[str, Any]:
    outcome = event.data["outcome"]
    totals.count(row["service"], **{outcome: 1})
    return {"outcome": outcome}


def _closed(totals: CountedRows, row: Row, event: Recorded) -> dict[str, Any]:
    totals.count(row["service"], open=-1, closed=1, late=int(_is_late(row, event.occurred_micros)))
    return {"ended_at": event.occurred_micros}


def _withdrawn(totals: CountedRows, row: Row, event: Recorded) -> dict[str, Any]:
    totals.count(row["service"], open=-1, withdrawn=1)
    return {"ended_at": event.occurred_micros}


def _reopened(totals: CountedRows, row: Row, _: Recorded) -> dict[str, Any]:
    """Take back what closing and deciding have counted: only a closed case can be opened again."""
    late = int(_is_late(row, row["ended_at"]))
    totals.count(row["service"], open=1, closed=-1, late=-late, reopened=1)
    if row["outcome"] is not None:
        totals.count(row["service"], **{row["outcome"]: -1})
    return {"ended_at": None, "outcome": None}


_COUNTS: Mapping[str, Callable[[CountedRows, Row, Recorded], dict[str, Any]]] = {
    "case.step_recorded": _step,
    "case.decided": _decided,
    "case.closed": _closed,
    "case.withdrawn": _withdrawn,
    "case.reopened": _reopened,
}
_TOPICS = frozenset(_COUNTS)

VIEW = View("service_performance", (_TOTALS, _CASES), needs, fold)
