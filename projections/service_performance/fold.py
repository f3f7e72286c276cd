"""Folds events of cases into the counts of their services."""

from collections.abc import Callable, Mapping
from typing import Any

from projections.columns import bigint, text, uuid
from projections.dates import day_of, day_or_none
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows, Table
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
        bigint("marked_overdue"),
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
    (
        uuid("case_id"),
        text("service"),
        bigint("last_day"),
        bigint("counted_position"),
        text("time_zone"),
        bigint("opened_position"),
        bigint("reopenings"),
        bigint("decided_position"),
        text("outcome"),
        bigint("ended_position"),
        bigint("ended_on"),
        text("ended_by"),
    ),
)
_PAST_SPELLS = Table(
    "past_spells",
    "appended",
    (
        uuid("case_id"),
        bigint("opened_position"),
        text("service"),
        bigint("last_day"),
        bigint("counted_position"),
        text("time_zone"),
        bigint("reopenings"),
        bigint("decided_position"),
        text("outcome"),
        bigint("ended_position"),
        bigint("ended_on"),
        text("ended_by"),
        bigint("reopened_position"),
    ),
    key=2,
)
# The last days that cases had before they were counted anew.
_PAST_LAST_DAYS = Table(
    "past_last_days",
    "appended",
    (uuid("case_id"), bigint("counted_position"), bigint("last_day"), bigint("recounted_position")),
    key=2,
)
# Counts each time that the clock has marked a case overdue.
_MARKS = Table("overdue_marks", "appended", (text("service"), bigint("position")), key=2)
_STEPS = Table("steps", "appended", (text("service"), bigint("position")), key=2)
# How many cases each time zone has: to count what is overdue, one must know the date in each zone. They are sums, so
# that a replica, which folds partitions in another order, has the same rows.
_ZONES = Table("zones", "counted", (text("time_zone"), bigint("cases")))
_NEW_SPELL = {
    "decided_position": None,
    "outcome": None,
    "ended_position": None,
    "ended_on": None,
    "ended_by": None,
}


def needs(batch: Batch) -> Needs:
    """Ask for the cases with events that change a count."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Add the event to its service's counts."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        service = event.data["service"]
        row = {
            "case_id": event.stream,
            "service": service,
            "last_day": day_or_none(event.data["last_day"]),
            "counted_position": event.position,
            "time_zone": event.data["time_zone"],
            "opened_position": event.position,
            "reopenings": 0,
            **_NEW_SPELL,
        }
        cases.put(event.stream, row)
        rows.counted["zones"].count(event.data["time_zone"], cases=1)
        rows.counted["totals"].count(service, submitted=1, open=1)
    elif count := _COUNTS.get(event.topic):
        row = cases.require(event.stream)
        if changes := count(rows, row, event):
            cases.put(event.stream, {**row, **changes})


def _is_late(row: Row, ended_on: int) -> bool:
    """Return whether a case that ended on that day was late. Dates decide, so no time zone is needed."""
    return row["last_day"] is not None and ended_on > row["last_day"]


def _step(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    rows.counted["totals"].count(row["service"], steps=1)
    rows.appended["steps"].add((row["service"], event.position))
    return {}


def _became_overdue(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    rows.counted["totals"].count(row["service"], marked_overdue=1)
    rows.appended["overdue_marks"].add((row["service"], event.position))
    return {}


def _counted_anew(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    past = (event.stream, row["counted_position"], row["last_day"], event.position)
    rows.appended["past_last_days"].add(past)
    return {"last_day": day_or_none(event.data["last_day"]), "counted_position": event.position}


def _granted_by_silence(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    rows.counted["totals"].count(row["service"], granted=1)
    return {"outcome": "granted", "decided_position": event.position}


def _decided(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    outcome = event.data["outcome"]
    rows.counted["totals"].count(row["service"], **{outcome: 1})
    return {"outcome": outcome, "decided_position": event.position}


def _closed(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    ended_on = day_of(event.data["local_date"])
    late = int(_is_late(row, ended_on))
    rows.counted["totals"].count(row["service"], open=-1, closed=1, late=late)
    return {"ended_position": event.position, "ended_on": ended_on, "ended_by": "closed"}


def _withdrawn(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    rows.counted["totals"].count(row["service"], open=-1, withdrawn=1)
    ended_on = day_of(event.data["local_date"])
    return {"ended_position": event.position, "ended_on": ended_on, "ended_by": "withdrawn"}


def _reopened(rows: Rows, row: Row, event: Recorded) -> dict[str, Any]:
    """Undo the counts of closing and deciding, since only a closed case can be opened again."""
    totals, late = rows.counted["totals"], int(_is_late(row, row["ended_on"]))
    totals.count(row["service"], open=1, closed=-1, late=-late, reopened=1)
    if row["outcome"] is not None:
        totals.count(row["service"], **{row["outcome"]: -1})
    past = {**row, "reopened_position": event.position}
    rows.appended["past_spells"].add(tuple([past[column.name] for column in _PAST_SPELLS.columns]))
    return {"opened_position": event.position, "reopenings": row["reopenings"] + 1, **_NEW_SPELL}


_COUNTS: Mapping[str, Callable[[Rows, Row, Recorded], dict[str, Any]]] = {
    "case.step_recorded": _step,
    "case.became_overdue": _became_overdue,
    "case.term_counted": _counted_anew,
    "case.granted_by_silence": _granted_by_silence,
    "case.decided": _decided,
    "case.closed": _closed,
    "case.lapsed": _closed,
    "case.withdrawn": _withdrawn,
    "case.reopened": _reopened,
}
_TOPICS = frozenset(_COUNTS)

VIEW = View(
    "service_performance",
    (_TOTALS, _CASES, _PAST_SPELLS, _PAST_LAST_DAYS, _STEPS, _MARKS, _ZONES),
    needs,
    fold,
    version=2,
)
