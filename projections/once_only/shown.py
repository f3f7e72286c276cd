"""Makes the counts that the public receives from tallies; what would tell of single applicants is withheld."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from domain.evaluation.figures import Why
from domain.evaluation.indicators import FEW
from domain.evidence.progress import EvidenceState, Remark
from projections.once_only import measures
from projections.once_only.types import (
    AboutApplicants,
    AnswerTimes,
    AskedThoughHeld,
    Exceptions,
    OnceOnlyCounts,
    Remarks,
    RequestCounts,
)

Tally: TypeAlias = Mapping[str, Mapping[str, int]]
"""Measure -> detail -> amount."""

_NONE: Final[Mapping[str, int]] = {}
_HALF, _MOST = 50, 95
_OTHERWISE: Final = (EvidenceState.NOT_FOUND, EvidenceState.REFUSED, EvidenceState.PREVIEW_REJECTED)


def shown(name: str, tally: Tally, few: int) -> OnceOnlyCounts:
    """Return the counts in a tally.

    Args:
        name: whose counts they are.
        tally: what was counted.
        few: how many of the requests are of parts (of one service, resource and month each) with too few of them.
    """
    return OnceOnlyCounts(
        name=name,
        documents_not_asked_for=_of(tally, measures.ELEMENTS),
        asked_though_held=AskedThoughHeld(
            questions=_of(tally, measures.HELD_QUESTIONS), cases=_of(tally, measures.HELD_CASES)
        ),
        requests=_requests(tally),
        exceptions=_exceptions(tally),
        answer_times=_times(tally),
        remarks=Remarks(
            late=_of(tally, measures.REMARKED, Remark.LATE),
            duplicate=_of(tally, measures.REMARKED, Remark.DUPLICATE),
            unacceptable=_of(tally, measures.REMARKED, Remark.UNACCEPTABLE),
        ),
        about_applicants=_about_applicants(tally, few),
    )


def _of(tally: Tally, measure: str, detail: str | None = None) -> int:
    amounts = tally.get(measure, _NONE)
    return sum(amounts.values()) if detail is None else amounts.get(detail, 0)


def _requests(tally: Tally) -> RequestCounts:
    made, abandoned = _of(tally, measures.REQUESTED), _of(tally, measures.ABANDONED)
    answered, ended = _of(tally, measures.ANSWERED), _of(tally, measures.ENDED)
    return RequestCounts(
        made=made,
        answered_in_time=_of(tally, measures.ANSWERED, measures.IN_TIME),
        answered_late=_of(tally, measures.ANSWERED, measures.LATE),
        timed_out=_of(tally, measures.ENDED, EvidenceState.TIMED_OUT),
        failed=_of(tally, measures.ENDED, EvidenceState.FAILED),
        failed_at_window=_of(tally, measures.ENDED, measures.FAILED_AT_WINDOW),
        ended_otherwise=sum(_of(tally, measures.ENDED, end) for end in _OTHERWISE),
        abandoned=abandoned,
        open=made - answered - ended - abandoned,
    )


def _exceptions(tally: Tally) -> Exceptions:
    return Exceptions(
        asked=_of(tally, measures.EXCEPTION),
        elements=_of(tally, measures.ELEMENTS_ASKED, measures.EXCEPTION),
        timed_out=_of(tally, measures.EXCEPTION, EvidenceState.TIMED_OUT),
        failed=_of(tally, measures.EXCEPTION, EvidenceState.FAILED),
        not_integrated=_of(tally, measures.EXCEPTION, "NotIntegrated"),
    )


def _times(tally: Tally) -> AnswerTimes:
    amounts = {int(detail): amount for detail, amount in tally.get(measures.SECONDS, _NONE).items()}
    answers = sum(amounts.values())
    why: Why | None = None if answers >= FEW else "too few cases" if answers else "nothing to measure"
    return AnswerTimes(
        p50_seconds=None if why else _ranked(amounts, -(-answers * _HALF // 100)),
        p95_seconds=None if why else _ranked(amounts, -(-answers * _MOST // 100)),
        why=why,
        service_levels=tuple(sorted(map(int, tally.get(measures.LEVEL, _NONE)))),
    )


def _ranked(amounts: Mapping[int, int], rank: int) -> int:
    """Return the number at a rank, counted from 1, of all numbers in their order."""
    passed = 0
    for number in sorted(amounts):
        passed += amounts[number]
        if passed >= rank:
            return number
    raise LookupError(rank)


def _about_applicants(tally: Tally, few: int) -> AboutApplicants:
    """Withhold what is about too few, or what would tell of so few by subtracting the other parts."""
    if any(0 < requests < FEW for requests in (_of(tally, measures.REQUESTED), few)):
        return AboutApplicants(why="too few cases")
    outcomes = {each: _of(tally, measures.OUTCOME, each) for each in ("corrected", "confirmed", "refused")}
    disputed = _of(tally, measures.DISPUTED)
    return AboutApplicants(
        not_found=_of(tally, measures.ENDED, EvidenceState.NOT_FOUND),
        refused=_of(tally, measures.ENDED, EvidenceState.REFUSED),
        preview_rejected=_of(tally, measures.ENDED, EvidenceState.PREVIEW_REJECTED),
        objected=_of(tally, measures.OBJECTED),
        asked_not_found=_of(tally, measures.ASKED, EvidenceState.NOT_FOUND),
        asked_refused=_of(tally, measures.ASKED, EvidenceState.REFUSED),
        asked_preview_rejected=_of(tally, measures.ASKED, EvidenceState.PREVIEW_REJECTED),
        asked_failed_at_window=_of(tally, measures.ASKED, EvidenceState.FAILED),
        asked_not_granted=_of(tally, measures.ASKED, "NotGranted"),
        asked_not_in_answer=_of(tally, measures.ASKED, "NotInAnswer"),
        elements_asked=_of(tally, measures.ELEMENTS_ASKED, measures.ASKED),
        disputed=disputed,
        disputes_corrected=outcomes["corrected"],
        disputes_confirmed=outcomes["confirmed"],
        disputes_refused=outcomes["refused"],
        disputes_open=disputed - sum(outcomes.values()),
    )
