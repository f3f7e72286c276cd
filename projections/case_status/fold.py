"""Folds events of cases into the status of each case."""

from collections.abc import Mapping
from typing import Any

from domain.case.stage_machine import ENDING, RESUMING
from projections.case_rows import LAST_DAY, MOVED, OVERDUE_MARK, STAGE_AFTER, WHO_WORKS, Change, together
from projections.columns import bigint, text, uuid
from projections.dates import day_or_none
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows, Table
from projections.view import Needs, View

_PINNED = ("reference", "service", "service_version", "agency", "desk", "channel", "language", "time_zone", "applicant")
_CASES = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        text("reference"),
        text("service"),
        bigint("service_version"),
        text("agency"),
        text("desk"),
        text("stage"),
        text("step"),
        bigint("version"),
        bigint("position"),
        text("channel"),
        text("language"),
        text("time_zone"),
        text("applicant"),
        text("official"),
        text("outcome"),
        bigint("submitted_at"),
        bigint("last_day"),
        bigint("marked_overdue_on"),
        bigint("decided_at"),
        bigint("closed_at"),
        bigint("last_event_at"),
    ),
)


def needs(batch: Batch) -> Needs:
    """Ask for the cases that the events change."""
    return {"cases": batch.earlier_cases}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its case's row."""
    if not event.of_case:
        return
    cases = rows.keyed["cases"]
    row = _submitted(event) if event.topic == SUBMITTED else cases.require(event.stream)
    change = _CHANGES.get(event.topic)
    changes = change(row, event) if change else {}
    moved = {
        "stage": STAGE_AFTER[event.topic][row["stage"]],
        "version": event.version,
        "position": event.position,
        "last_event_at": event.occurred_micros,
    }
    cases.put(event.stream, {**row, **changes, **moved})


def _submitted(event: Recorded) -> Row:
    return {
        "case_id": event.stream,
        **{name: event.data[name] for name in _PINNED},
        "stage": None,
        "step": None,
        "official": None,
        "outcome": None,
        "submitted_at": event.occurred_micros,
        "last_day": day_or_none(event.data["last_day"]),
        "marked_overdue_on": None,
        "decided_at": None,
        "closed_at": None,
    }


def _decided(_: Row, event: Recorded) -> dict[str, Any]:
    return {"outcome": event.data["outcome"], "decided_at": event.occurred_micros}


def _ended(_: Row, event: Recorded) -> dict[str, Any]:
    return {"closed_at": event.occurred_micros}


def _reopened(_row: Row, _event: Recorded) -> dict[str, Any]:
    return {"step": None, "outcome": None, "decided_at": None, "closed_at": None}


def _granted(_: Row, event: Recorded) -> dict[str, Any]:
    return {"outcome": "granted", "decided_at": event.occurred_micros}


_CHANGES: Mapping[str, Change] = together(
    WHO_WORKS,
    MOVED,
    LAST_DAY,
    dict.fromkeys(ENDING, _ended),
    dict.fromkeys(RESUMING, _reopened),
    {
        "case.step_recorded": lambda _, event: {"step": event.data["step"]},
        "case.decided": _decided,
        "case.granted_by_silence": _granted,
    },
    OVERDUE_MARK,
)

VIEW = View("case_status", (_CASES,), needs, fold, version=5)
