"""Folds events of cases and services into what the figures of the evaluation are computed from."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from domain.case.deadlines import working_days
from domain.evaluation import measures
from projections.dates import day_of, day_or_none
from projections.figures import tables
from projections.figures.phases import fold_of_service, needed_drafts
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Row, Rows
from projections.view import Needs, View

_NOT_YET: Final = {"asked_on": None, "decided_on": None, "outcome": None, "finished_on": None, "closed_on": None}


def needs(batch: Batch) -> Needs:
    """Ask for the cases with events that change a figure, and for the versions that are published."""
    return {"cases": batch.earlier_cases_of(_TOPICS), "drafts": needed_drafts(batch)}


def fold(rows: Rows, event: Recorded) -> None:
    """Add the event to its service's measures."""
    if event.topic == SUBMITTED:
        _submitted(rows, event)
    elif change := _CHANGES.get(event.topic):
        row = rows.keyed["cases"].require(event.stream)
        rows.keyed["cases"].put(event.stream, {**row, **change(_Counting(rows, row, event), row, event)})
    else:
        fold_of_service(rows, event)


class _Counting:
    """Counts what an event tells about its case, in the table of now and in that of any time."""

    def __init__(self, rows: Rows, row: Row, event: Recorded) -> None:
        self._rows, self._row, self._position = rows, row, event.position

    def count(self, day: int, measure: measures.Measure, detail: str | int, amount: int = 1) -> None:
        service, month = self._row["service"], date.fromordinal(day).isoformat()[:7]
        self._rows.counted["tallies"].count((service, month, measure, str(detail)), amount=amount)
        self._rows.appended["changes"].add((service, month, self._position, measure, str(detail), amount))

    def finished(self, day: int, amount: int = 1) -> None:
        began = date.fromordinal(self._row["began"])
        worked = working_days(began, date.fromordinal(day))
        self.count(day, measures.WORKING_DAYS, worked, amount)
        self.count(day, measures.CALENDAR_DAYS, max(0, day - self._row["began"]), amount)

    def closed(self, day: int, amount: int = 1) -> None:
        last = self._row["last_day"]
        in_time = measures.LATE if last is not None and day > last else measures.IN_TIME
        self.count(day, measures.CLOSED, measures.NO_TERM if last is None else in_time, amount)


def _submitted(rows: Rows, event: Recorded) -> None:
    service, agency, began = event.data["service"], event.data["agency"], day_of(event.data["term_began"])
    last_day = day_or_none(event.data["last_day"])
    row = {"case_id": event.stream, "service": service, "began": began, "last_day": last_day, **_NOT_YET}
    rows.keyed["cases"].put(event.stream, row)
    rows.counted["services"].count((service, agency), cases=1)
    rows.counted["agencies"].count(agency, cases=1)
    _Counting(rows, row, event).count(began, measures.SUBMITTED, event.data["channel"])


def _asked(_: _Counting, _row: Row, event: Recorded) -> dict[str, Any]:
    return {"asked_on": day_of(event.data["local_date"])}


def _answered(counting: _Counting, row: Row, event: Recorded) -> dict[str, Any]:
    if row["asked_on"] is not None:
        day = day_of(event.data["local_date"])
        counting.count(day, measures.SUSPENDED, max(0, day - row["asked_on"]))
    return {"asked_on": None}


def _decided(counting: _Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day, outcome = day_of(event.data["local_date"]), event.data["outcome"]
    counting.count(day, measures.DECIDED, outcome)
    if row["finished_on"] is None:
        counting.finished(day)
    return {"asked_on": None, "decided_on": day, "outcome": outcome, "finished_on": day}


def _closed(counting: _Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day = day_of(event.data["local_date"])
    counting.closed(day)
    if row["finished_on"] is None:
        counting.finished(day)
    return {
        "asked_on": None,
        "closed_on": day,
        "finished_on": day if row["finished_on"] is None else row["finished_on"],
    }


def _withdrawn(_: _Counting, _row: Row, _event: Recorded) -> dict[str, Any]:
    return {"asked_on": None}


def _reopened(counting: _Counting, row: Row, _: Recorded) -> dict[str, Any]:
    """Take back what the decision and the closing had counted, in the months in which it was."""
    if row["decided_on"] is not None:
        counting.count(row["decided_on"], measures.DECIDED, row["outcome"], -1)
    if row["finished_on"] is not None:
        counting.finished(row["finished_on"], -1)
    if row["closed_on"] is not None:
        counting.closed(row["closed_on"], -1)
    return _NOT_YET


_CHANGES: Final[Mapping[str, Callable[[_Counting, Row, Recorded], dict[str, Any]]]] = {
    "case.applicant_asked": _asked,
    "case.applicant_answered": _answered,
    "case.decided": _decided,
    "case.closed": _closed,
    "case.withdrawn": _withdrawn,
    "case.reopened": _reopened,
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
)
