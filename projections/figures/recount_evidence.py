"""Counts the evidence of one case again, from its events alone: an auditor's own code, as in `recount`."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, groupby, pairwise
from typing import Final

from ledger.published.recorded import Recorded
from projections.figures.by_hand import Month

ABOUT_EVIDENCE: Final = frozenset(
    {
        "case.evidence_requested",
        "case.evidence_sent",
        "case.evidence_preview_asked",
        "case.evidence_review_asked",
        "case.evidence_accepted",
        "case.evidence_objected",
        "case.evidence_answered",
        "case.evidence_asked_of_applicant",
        "case.evidence_supplied",
        "case.evidence_awaited",
        "case.applicant_awaited",
        "case.evidence_settled",
    }
)
"""The topics of the events that are counted here only."""

_RESOURCES_NEXT: Final = {
    "case.evidence_requested",
    "case.evidence_accepted",
    "case.evidence_objected",
    "case.evidence_supplied",
    "case.evidence_awaited",
}
_APPLICANT_NEXT: Final = {
    "case.evidence_preview_asked",
    "case.evidence_review_asked",
    "case.evidence_asked_of_applicant",
    "case.applicant_awaited",
}
_NOBODY_NEXT: Final = {"case.evidence_settled", "case.withdrawn", "case.closed"}


class _Owed:
    """An answer that is owed since some time, within another; a preview stops the time until it is agreed to."""

    def __init__(self, event: Recorded) -> None:
        self.since = _instant(event.data["since"])
        self.within = timedelta(seconds=event.data["answered_within"])
        self.can_begin = True

    def hear(self, event: Recorded) -> None:
        """Take in an event about the request."""
        if event.topic == "case.evidence_preview_asked":
            self.can_begin = True
        elif self.can_begin and event.topic in {"case.evidence_sent", "case.evidence_accepted"}:
            self.since = _instant(event.occurred_at)
            self.can_begin = event.topic == "case.evidence_accepted"

    def is_kept(self, event: Recorded) -> bool:
        """Return whether the answer comes in time."""
        return _instant(event.occurred_at) - self.since <= self.within


def count_evidence(events: Sequence[Recorded], of: Callable[[date], Month]) -> None:
    """Count the events of a case about its evidence, each in the month of its day."""
    owed: dict[str, _Owed] = {}
    for event in events:
        day = _day(event)
        if event.topic == "case.evidence_requested":
            owed[event.data["request_id"]] = _Owed(event)
            of(day).requests["made"] += 1
        elif event.topic == "case.evidence_answered":
            of(day).answered_in_time[owed[event.data["request_id"]].is_kept(event)] += 1
        elif event.topic == "case.evidence_asked_of_applicant":
            of(day).is_exception[event.data["is_exception"]] += 1
        elif "request_id" in event.data:
            owed[event.data["request_id"]].hear(event)
    _count_waits(events, of)


def _count_waits(events: Sequence[Recorded], of: Callable[[date], Month]) -> None:
    """Count each turn, from the first event that says whose it is to the first that says that it is another's."""
    said = [event for event in events if event.topic in _RESOURCES_NEXT | _APPLICANT_NEXT | _NOBODY_NEXT]
    firsts = [next(turn) for _, turn in groupby(said, key=_is_next)]
    begun = accumulate(map(_day, firsts), max)  # no turn begins before the one before it, so no day counts twice
    for (first, since), (ending, until) in pairwise(zip(firsts, begun, strict=True)):
        month = of(_day(ending))
        if first.topic in _RESOURCES_NEXT:
            month.resource_waits[(until - since).days] += 1
        elif first.topic in _APPLICANT_NEXT:
            month.applicant_waits[(until - since).days] += 1


def _is_next(event: Recorded) -> tuple[bool, bool]:
    """Return whether resources are next, and whether the applicant is."""
    return event.topic in _RESOURCES_NEXT, event.topic in _APPLICANT_NEXT


def _day(event: Recorded) -> date:
    """Return the local date of an event; where it states none, its date in UTC."""
    return date.fromisoformat(event.data.get("local_date") or event.data.get("as_of") or event.occurred_at[:10])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
