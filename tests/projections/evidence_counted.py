"""What evidence came to in a month, told case by case: no sums are kept and nothing is taken back."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias

from domain.case.evidence_events import EvidenceAnswered, EvidenceAskedOfApplicant, EvidenceRequested
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from tests.projections.lived import KnownCase
from tests.projections.once_only_oracle import durations

SMALL = 5
Turn: TypeAlias = Literal["applicant", "resources"]


class EvidenceCounted:
    """The requests, answers, questions and waits of cases in a month."""

    def __init__(self, cases: Sequence[KnownCase], month: str) -> None:
        self.asked = 0
        self.in_time: list[bool] = []
        self.exceptions: list[bool] = []
        self.waits: dict[Turn, list[int]] = {"resources": [], "applicant": []}
        for case in cases:
            took = durations(case.told)
            for event in (told.event for told in case.told):
                if isinstance(event, EvidenceRequested):
                    self.asked += f"{event.as_of:%Y-%m}" == month
                elif isinstance(event, EvidenceAnswered) and f"{event.local_date:%Y-%m}" == month:
                    request = case.state.evidence.requests[event.request_id]
                    self.in_time.append(timedelta(microseconds=took[event.request_id]) <= request.terms.answered_within)
                elif isinstance(event, EvidenceAskedOfApplicant) and f"{event.local_date:%Y-%m}" == month:
                    self.exceptions.append(event.is_exception)
            for turn, day, days in _waits(case):
                if f"{day:%Y-%m}" == month:
                    self.waits[turn].append(days)

    def figures(self) -> dict[str, Fraction | str | None]:
        """Return the figures, with the small ones withheld."""
        return {
            "evidence_asked": Fraction(self.asked),
            "evidence_answered": Fraction(len(self.in_time)),
            "evidence_in_time": Fraction(sum(self.in_time)),
            "evidence_exceptions": Fraction(sum(self.exceptions)),
            "suspended_days_resources": _total(self.waits["resources"]),
            "suspended_days_applicant_evidence": _total(self.waits["applicant"]),
        }


def _total(days: Sequence[int]) -> Fraction | str:
    return "too few cases" if 0 < len(days) < SMALL else Fraction(sum(days))


def _turn_of(state: CaseState) -> Turn | None:
    if state.stage is Stage.AWAITING_EVIDENCE:
        return "resources"
    is_for_evidence = state.stage is Stage.AWAITING_APPLICANT and not state.evidence.is_settled
    return "applicant" if is_for_evidence else None


def _waits(case: KnownCase) -> Iterator[tuple[Turn, date, int]]:
    """Return each time of waiting because of evidence: for whom, its last day, and how many days it was."""
    state: CaseState | None = None
    turn: Turn | None = None
    since = date.min
    for told in case.told:
        event = told.event
        state = evolve(state, event)
        utc = date.fromisoformat(told.decoded.occurred_at[:10])
        day: date = getattr(event, "local_date", None) or getattr(event, "as_of", None) or utc
        if (now := _turn_of(state)) == turn:
            continue
        if turn is not None:
            yield turn, day, max(0, (day - since).days)
        turn, since = now, max(day, since)
