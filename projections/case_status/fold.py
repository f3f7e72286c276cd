"""Folds events of cases into where each case stands. The stages follow domain/case/state.py; a test compares them."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.case.stage import Stage
from projections.columns import bigint, text, uuid
from projections.dates import day_of, day_or_none
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
    """Need the cases that something happens to."""
    return {"cases": batch.earlier_cases}


def fold(rows: Rows, event: Recorded) -> None:
    """Take the event into its case's row."""
    if not event.of_case:
        return
    cases = rows.keyed["cases"]
    row = _submitted(event) if event.topic == SUBMITTED else cases.require(event.stream)
    change = _CHANGES.get(event.topic)
    changes = change(row, event) if change else {}
    moved = {"version": event.version, "position": event.position, "last_event_at": event.occurred_micros}
    cases.put(event.stream, {**row, **changes, **moved})


def _submitted(event: Recorded) -> Row:
    return {
        "case_id": event.stream,
        **{name: event.data[name] for name in _PINNED},
        "stage": Stage.SUBMITTED.value,
        "step": None,
        "official": None,
        "outcome": None,
        "submitted_at": event.occurred_micros,
        "last_day": day_or_none(event.data["last_day"]),
        "marked_overdue_on": None,
        "decided_at": None,
        "closed_at": None,
    }


def _assigned(row: Row, event: Recorded) -> dict[str, Any]:
    stage = Stage.IN_PROGRESS.value if row["stage"] == Stage.SUBMITTED else row["stage"]
    return {"stage": stage, "desk": event.data["desk"], "official": event.data["official"]}


def _decided(_: Row, event: Recorded) -> dict[str, Any]:
    return {"stage": Stage.DECIDED.value, "outcome": event.data["outcome"], "decided_at": event.occurred_micros}


def _reopened(_row: Row, _event: Recorded) -> dict[str, Any]:
    return {"stage": Stage.IN_PROGRESS.value, "step": None, "outcome": None, "decided_at": None, "closed_at": None}


def _subject_erased(row: Row, event: Recorded) -> dict[str, Any]:
    """A case whose official is forgotten has none: it goes back to its desk."""
    return {"official": None} if row["official"] == event.data["pseudonym"] else {}


_CHANGES: Mapping[str, Callable[[Row, Recorded], dict[str, Any]]] = {
    "case.assigned": _assigned,
    "case.step_recorded": lambda _, event: {"step": event.data["step"]},
    "case.applicant_asked": lambda _row, _event: {"stage": Stage.AWAITING_APPLICANT.value},
    "case.applicant_answered": lambda _row, _event: {"stage": Stage.IN_PROGRESS.value},
    "case.became_overdue": lambda _, event: {"marked_overdue_on": day_of(event.data["local_date"])},
    "case.decided": _decided,
    "case.closed": lambda _, event: {"stage": Stage.CLOSED.value, "closed_at": event.occurred_micros},
    "case.withdrawn": lambda _, event: {"stage": Stage.WITHDRAWN.value, "closed_at": event.occurred_micros},
    "case.subject_erased": _subject_erased,
    "case.reopened": _reopened,
}

VIEW = View("case_status", (_CASES,), needs, fold, version=3)
