"""Folds events of cases into the last day of each open one."""

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
    ),
)
_ENDS = frozenset({"case.closed", "case.withdrawn"})
_TOPICS = _ENDS | {"case.reopened"}


def needs(batch: Batch) -> Needs:
    """Need the cases that end or are opened again."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Take the event into its case's row, if the case has a last day."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        if event.data["last_day"] is not None:
            row = {name: event.data[name] for name in _PINNED}
            last_day = day_of(event.data["last_day"])
            cases.put(event.stream, {"case_id": event.stream, "last_day": last_day, **row, "ended_at": None})
    elif event.topic in _TOPICS and (known := cases.get(event.stream)) is not None:
        ended_at = event.occurred_micros if event.topic in _ENDS else None
        cases.put(event.stream, {**known, "ended_at": ended_at})


VIEW = View("deadlines", (_CASES,), needs, fold)
