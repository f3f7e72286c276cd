"""Folds events of cases into what waits at each desk."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.case.stage import Stage
from projections.columns import bigint, text, uuid
from projections.dates import day_of, day_or_none
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
    ),
)


def needs(batch: Batch) -> Needs:
    """Need the cases whose place at a desk changes."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Take the event into its case's row."""
    cases = rows.keyed["cases"]
    if event.topic == SUBMITTED:
        cases.put(event.stream, _submitted(event))
    elif change := _CHANGES.get(event.topic):
        row = cases.require(event.stream)
        cases.put(event.stream, {**row, **change(row, event)})


def _submitted(event: Recorded) -> Row:
    return {
        "case_id": event.stream,
        **{name: event.data[name] for name in _PINNED},
        "submitted_position": event.position,
        "stage": Stage.SUBMITTED.value,
        "official": None,
        "submitted_at": event.occurred_micros,
        "last_day": day_or_none(event.data["last_day"]),
        "ended_at": None,
        "marked_overdue_on": None,
    }


def _assigned(row: Row, event: Recorded) -> dict[str, Any]:
    stage = Stage.IN_PROGRESS.value if row["stage"] == Stage.SUBMITTED else row["stage"]
    return {"stage": stage, "desk": event.data["desk"], "official": event.data["official"]}


def _subject_erased(row: Row, event: Recorded) -> dict[str, Any]:
    """A case whose official is forgotten has none: it goes back to its desk."""
    return {"official": None} if row["official"] == event.data["pseudonym"] else {}


_CHANGES: Mapping[str, Callable[[Row, Recorded], dict[str, Any]]] = {
    "case.assigned": _assigned,
    "case.applicant_asked": lambda _row, _event: {"stage": Stage.AWAITING_APPLICANT.value},
    "case.applicant_answered": lambda _row, _event: {"stage": Stage.IN_PROGRESS.value},
    "case.became_overdue": lambda _, event: {"marked_overdue_on": day_of(event.data["local_date"])},
    "case.decided": lambda _row, _event: {"stage": Stage.DECIDED.value},
    "case.closed": lambda _, event: {"stage": Stage.CLOSED.value, "ended_at": event.occurred_micros},
    "case.withdrawn": lambda _, event: {"stage": Stage.WITHDRAWN.value, "ended_at": event.occurred_micros},
    "case.subject_erased": _subject_erased,
    "case.reopened": lambda _row, _event: {"stage": Stage.IN_PROGRESS.value, "ended_at": None},
}
_TOPICS = frozenset(_CHANGES)

VIEW = View("worklist", (_CASES,), needs, fold, version=3)
