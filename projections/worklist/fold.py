"""Folds events of cases into what waits at each desk."""

from collections.abc import Mapping

from domain.case.stage_machine import MOVING
from projections.case_rows import (
    LAST_DAY,
    MOVED,
    OVERDUE_MARK,
    STAGE_AFTER,
    WHETHER_OPEN,
    WHO_WORKS,
    Change,
    together,
)
from projections.columns import bigint, text, uuid
from projections.dates import day_or_none
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows, Table
from projections.view import Needs, View

_PINNED = ("agency", "desk", "reference", "service", "service_version", "channel", "language", "time_zone")
_CASES = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        text("agency"),
        text("desk"),
        bigint("submitted_position"),
        text("reference"),
        text("service"),
        bigint("service_version"),
        text("stage"),
        text("official"),
        text("channel"),
        text("language"),
        text("time_zone"),
        bigint("submitted_at"),
        bigint("last_day"),
        bigint("ended_at"),
        bigint("marked_overdue_on"),
        bigint("evidence_owed"),
    ),
)
_OWED, _SETTLED = {"evidence_owed": 1}, {"evidence_owed": 0}


def needs(batch: Batch) -> Needs:
    """Ask for the cases whose place at a desk changes."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its case's row."""
    if event.topic not in _TOPICS:
        return
    cases = rows.keyed["cases"]
    row = _submitted(event) if event.topic == SUBMITTED else cases.require(event.stream)
    change = _CHANGES.get(event.topic)
    changes = change(row, event) if change else {}
    cases.put(event.stream, {**row, **changes, "stage": STAGE_AFTER[event.topic][row["stage"]]})


def _submitted(event: Recorded) -> Row:
    return {
        "case_id": event.stream,
        **{name: event.data[name] for name in _PINNED},
        "submitted_position": event.position,
        "stage": None,
        "official": None,
        "submitted_at": event.occurred_micros,
        "last_day": day_or_none(event.data["last_day"]),
        "ended_at": None,
        "marked_overdue_on": None,
        **_SETTLED,
    }


_CHANGES: Mapping[str, Change] = together(
    WHO_WORKS,
    MOVED,
    LAST_DAY,
    WHETHER_OPEN,
    OVERDUE_MARK,
    {
        "case.evidence_requested": lambda _row, _event: _OWED,
        "case.evidence_asked_of_applicant": lambda _row, _event: _OWED,
        "case.evidence_settled": lambda _row, _event: _SETTLED,
    },
)
_TOPICS = MOVING | _CHANGES.keys()

VIEW = View("worklist", (_CASES,), needs, fold, version=6)
