"""Folds events of cases into the last day of each open one."""

from collections.abc import Mapping

from projections.case_rows import MOVED, OVERDUE_MARK, WHETHER_OPEN, Change
from projections.columns import bigint, text, uuid
from projections.dates import day_of
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Rows, Table
from projections.view import Needs, View

_PINNED = ("time_zone", "agency", "service", "reference")
_CASES = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        bigint("last_day"),
        text("time_zone"),
        text("agency"),
        text("service"),
        text("reference"),
        bigint("ended_at"),
        bigint("marked_overdue_on"),
    ),
)
_CHANGES: Mapping[str, Change] = {**WHETHER_OPEN, **OVERDUE_MARK, **MOVED}
_TOPICS = frozenset(_CHANGES)


def needs(batch: Batch) -> Needs:
    """Ask for the cases that end, are opened again, are marked overdue, or are moved."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its case's row, if the case has a last day."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        if event.data["last_day"] is not None:
            row = {name: event.data[name] for name in _PINNED}
            last_day = day_of(event.data["last_day"])
            begun = {"case_id": event.stream, "last_day": last_day, "ended_at": None, "marked_overdue_on": None}
            cases.put(event.stream, {**begun, **row})
    elif (change := _CHANGES.get(event.topic)) and (known := cases.get(event.stream)) is not None:
        cases.put(event.stream, {**known, **change(known, event)})


VIEW = View("deadlines", (_CASES,), needs, fold, version=2)
