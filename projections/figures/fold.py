"""Folds events of cases and services into what the figures of the evaluation are computed from."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from domain.evaluation import measures
from projections.dates import day_of, day_or_none
from projections.figures import tables
from projections.figures.counting import Counting
from projections.figures.evidence import NOBODYS_TURN, OF_EVIDENCE, turn_passed
from projections.figures.phases import fold_of_service, needed_drafts
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows
from projections.view import Needs, View

_NOT_YET: Final = {"asked_on": None, "decided_on": None, "outcome": None, "finished_on": None, "closed_on": None}
_NO_EVIDENCE: Final = {**NOBODYS_TURN, "requests": "{}"}


def needs(batch: Batch) -> Needs:
    """Ask for the cases with events that change a figure, and for the versions that are published."""
    return {"cases": batch.earlier_cases_of(_TOPICS), "drafts": needed_drafts(batch)}


def fold(rows: Rows, event: Recorded) -> None:
    """Add the event to its service's measures."""
    if event.topic == SUBMITTED:
        _submitted(rows, event)
    elif change := _CHANGES.get(event.topic):
        row = rows.keyed["cases"].require(event.stream)
        rows.keyed["cases"].put(event.stream, {**row, **change(Counting(rows, row, event), row, event)})
    else:
        fold_of_service(rows, event)


def _submitted(rows: Rows, event: Recorded) -> None:
    service, agency, began = event.data["service"], event.data["agency"], day_of(event.data["term_began"])
    last_day = day_or_none(event.data["last_day"])
    about = {"case_id": event.stream, "service": service, "began": began, "last_day": last_day}
    row = {**about, **_NOT_YET, **_NO_EVIDENCE}
    rows.keyed["cases"].put(event.stream, row)
    rows.counted["services"].count((service, agency), cases=1)
    rows.counted["agencies"].count(agency, cases=1)
    Counting(rows, row, event).count(began, measures.SUBMITTED, event.data["channel"])


def _asked(_: Counting, _row: Row, event: Recorded) -> dict[str, Any]:
    return {"asked_on": day_of(event.data["local_date"])}


def _answered(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    if row["asked_on"] is not None:
        day = day_of(event.data["local_date"])
        counting.count(day, measures.SUSPENDED, max(0, day - row["asked_on"]))
    return {"asked_on": None}


def _counted_anew(_: Counting, _row: Row, event: Recorded) -> dict[str, Any]:
    return {"last_day": day_or_none(event.data["last_day"])}


def _granted_by_silence(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return _decided_as("granted", counting, row, event)


def _decided(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return _decided_as(event.data["outcome"], counting, row, event)


def _decided_as(outcome: str, counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day = day_of(event.data["local_date"])
    counting.count(day, measures.DECIDED, outcome)
    if row["finished_on"] is None:
        counting.finished(day)
    return {"asked_on": None, "decided_on": day, "outcome": outcome, "finished_on": day}


def _closed(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day = day_of(event.data["local_date"])
    counting.closed(day)
    if row["finished_on"] is None:
        counting.finished(day)
    return {
        "asked_on": None,
        "closed_on": day,
        **turn_passed(counting, row, day, None),
        "finished_on": day if row["finished_on"] is None else row["finished_on"],
    }


def _withdrawn(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return {"asked_on": None, **turn_passed(counting, row, day_of(event.data["local_date"]), None)}


def _reopened(counting: Counting, row: Row, _: Recorded) -> dict[str, Any]:
    """Take back what the decision and the closing had counted, in the months in which it was."""
    if row["decided_on"] is not None:
        counting.count(row["decided_on"], measures.DECIDED, row["outcome"], -1)
    if row["finished_on"] is not None:
        counting.finished(row["finished_on"], -1)
    if row["closed_on"] is not None:
        counting.closed(row["closed_on"], -1)
    return _NOT_YET


_CHANGES: Final[Mapping[str, Callable[[Counting, Row, Recorded], dict[str, Any]]]] = {
    "case.applicant_asked": _asked,
    "case.applicant_answered": _answered,
    "case.decided": _decided,
    "case.granted_by_silence": _granted_by_silence,
    "case.term_counted": _counted_anew,
    "case.closed": _closed,
    "case.lapsed": _closed,
    "case.withdrawn": _withdrawn,
    "case.reopened": _reopened,
    **OF_EVIDENCE,
}
_TOPICS: Final = frozenset(_CHANGES)

VIEW: Final = View(
    "figures",
    (
        tables.TALLIES,
        tables.CHANGES,
        tables.CASES,
        tables.DRAFTS,
        tables.VERSIONS,
        tables.SERVICES,
        tables.AGENCIES,
    ),
    needs,
    fold,
    version=2,
)
