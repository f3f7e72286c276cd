"""What evidence came to in a month, told case by case: no sums are kept and nothing is taken back."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from domain.case.evidence_events import EvidenceAnswered, EvidenceAskedOfApplicant, EvidenceRequested
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from tests.projections.lived import KnownCase
from tests.projections.once_only_oracle import durations

SMALL = 5


class EvidenceCounted:
    """The requests, answers, questions and waits of cases in a month."""

    def __init__(self, cases: Sequence[KnownCase], month: str) -> None:
        self.asked = 0
        self.in_time: list[bool] = []
        self.exceptions: list[bool] = []
        self.waits: list[int] = []
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
            self.waits += [days for day, days in _waits(case) if f"{day:%Y-%m}" == month]

    def figures(self) -> dict[str, Fraction | str | None]:
        """Return the figures, with the small ones withheld."""
        days = "too few cases" if 0 < len(self.waits) < SMALL else Fraction(sum(self.waits))
        return {
            "evidence_asked": Fraction(self.asked),
            "evidence_answered": Fraction(len(self.in_time)),
            "evidence_in_time": Fraction(sum(self.in_time)),
            "evidence_exceptions": Fraction(sum(self.exceptions)),
            "suspended_days_resources": days,
        }


def _waits(case: KnownCase) -> Iterator[tuple[date, int]]:
    """Return each time in the stage in which resources are waited for: its last day, and how many days it was."""
    state: CaseState | None = None
    since: date | None = None
    for told in case.told:
        event = told.event
        state = evolve(state, event)
        utc = date.fromisoformat(told.decoded.occurred_at[:10])
        day: date = getattr(event, "local_date", None) or getattr(event, "as_of", None) or utc
        if state.stage is Stage.AWAITING_EVIDENCE:
            since = since or day
        elif since is not None:
            yield day, max(0, (day - since).days)
            since = None
