"""Folds events of cases into the last day of each, and what the clock has said of it."""

from collections.abc import Mapping
from typing import Any

from projections.case_rows import LAST_DAY, MOVED, OVERDUE_MARK, WHETHER_OPEN, Change, together
from projections.columns import bigint, text, uuid
from projections.dates import day_of, day_or_none
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows, Table
from projections.view import Needs, View

_PINNED = ("time_zone", "agency", "service", "service_version", "reference")
_NOTHING_YET = dict.fromkeys(
    ("ended_at", "decided_on", "marked_overdue_on", "warned_of", "asked_on", "publish_by"), None
)
_CASES = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        bigint("last_day"),
        text("time_zone"),
        text("agency"),
        text("service"),
        bigint("service_version"),
        text("reference"),
        text("calendar"),
        bigint("ended_at"),
        bigint("decided_on"),
        bigint("marked_overdue_on"),
        bigint("warned_of"),
        bigint("escalations"),
        bigint("asked_on"),
        bigint("publish_by"),
    ),
)


def _decided(_: Row, event: Recorded) -> dict[str, Any]:
    return {"decided_on": day_of(event.data["local_date"]), "asked_on": None}


def _granted(_: Row, event: Recorded) -> dict[str, Any]:
    decided = {"decided_on": day_of(event.data["local_date"]), "asked_on": None}
    return {**decided, "publish_by": day_or_none(event.data["publish_by"])}


def _reopened(_: Row, event: Recorded) -> dict[str, Any]:
    anew = {"warned_of": None, "escalations": 0} if event.data["clock"] == "begins_anew" else {}
    return {"decided_on": None, "publish_by": None, **anew}


_CHANGES: Mapping[str, Change] = together(
    WHETHER_OPEN,
    OVERDUE_MARK,
    MOVED,
    LAST_DAY,
    {
        "case.decided": _decided,
        "case.granted_by_silence": _granted,
        "case.reopened": _reopened,
        "case.silent_grant_published": lambda _row, _event: {"publish_by": None},
        "case.silent_grant_not_published": lambda _row, _event: {"publish_by": None},
        "case.nears_its_last_day": lambda _, event: {"warned_of": day_of(event.data["last_day"])},
        "case.escalated": lambda _, event: {"escalations": event.data["number"]},
        "case.applicant_asked": lambda _, event: {"asked_on": day_of(event.data["local_date"])},
        "case.applicant_answered": lambda _row, _event: {"asked_on": None},
        "case.lapsed": lambda _row, _event: {"asked_on": None},
    },
)
_TOPICS = frozenset(_CHANGES)


def needs(batch: Batch) -> Needs:
    """Ask for the cases whose day, or what the clock has said of it, changes."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its case's row."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        pinned = {name: event.data[name] for name in _PINNED} | {"calendar": event.data["calendar"] or ""}
        last_day = day_or_none(event.data["last_day"])
        begun = {"case_id": event.stream, "last_day": last_day, "escalations": 0, **_NOTHING_YET}
        cases.put(event.stream, {**begun, **pinned})
    elif change := _CHANGES.get(event.topic):
        row = cases.require(event.stream)
        cases.put(event.stream, {**row, **change(row, event)})


VIEW = View("deadlines", (_CASES,), needs, fold, version=3)
