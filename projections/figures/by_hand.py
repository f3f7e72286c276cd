"""What happened in a month, and each indicator's figure from it: the auditor's own arithmetic."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.indicators import ELECTRONIC_CHANNELS

_SCALES: Final = {each.id: each.scale for each in CATALOGUE.indicators}


@dataclass
class Month:
    """What happened in a month, each kind of thing by what was said of it, with how often."""

    channels: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    was_late: Counter[bool] = field(default_factory=Counter)
    working: Counter[int] = field(default_factory=Counter)
    calendar: Counter[int] = field(default_factory=Counter)
    waits: Counter[int] = field(default_factory=Counter)
    is_online: Counter[bool] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    answered_in_time: Counter[bool] = field(default_factory=Counter)
    is_exception: Counter[bool] = field(default_factory=Counter)
    resource_waits: Counter[int] = field(default_factory=Counter)
    applicant_waits: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Month") -> None:
        """Add what happened elsewhere in the same month."""
        for name, counted in vars(self).items():
            counted.update(getattr(other, name))


def _sorted(counted: Counter[int]) -> list[int]:
    return sorted(counted.elements())


def _median(counted: Counter[int]) -> Fraction | None:
    numbers = _sorted(counted)
    half = len(numbers) // 2
    return Fraction(sum(numbers[half - 1 + len(numbers) % 2 : half + 1]), 2 - len(numbers) % 2) if numbers else None


def _nine_in_ten(counted: Counter[int]) -> Fraction | None:
    numbers = _sorted(counted)
    return Fraction(numbers[(len(numbers) * 9 + 9) // 10 - 1]) if numbers else None


def _total(counted: Counter[int]) -> Fraction:
    return Fraction(sum(counted.elements()))


def _share(counted: Counter[bool]) -> Fraction | None:
    return Fraction(counted[True], counted.total()) if counted.total() else None


def _electronic(channels: Counter[str]) -> Counter[bool]:
    found: Counter[bool] = Counter()
    for channel, count in channels.items():
        found[channel.casefold() in ELECTRONIC_CHANNELS] += count
    return found


FIGURES: Final[Mapping[str, Callable[[Month], Fraction | None]]] = {
    "submitted": lambda month: Fraction(month.channels.total()),
    "decided": lambda month: Fraction(month.outcomes.total()),
    "granted": lambda month: Fraction(month.outcomes["granted"]),
    "refused": lambda month: Fraction(month.outcomes["refused"]),
    "partly": lambda month: Fraction(month.outcomes["partly"]),
    "closed": lambda month: Fraction(month.was_late.total()),
    "late": lambda month: Fraction(month.was_late[True]),
    "finished": lambda month: Fraction(month.working.total()),
    "median_working_days": lambda month: _median(month.working),
    "p90_working_days": lambda month: _nine_in_ten(month.working),
    "median_calendar_days": lambda month: _median(month.calendar),
    "p90_calendar_days": lambda month: _nine_in_ten(month.calendar),
    "answered_by_applicants": lambda month: Fraction(month.waits.total()),
    "suspended_days_applicant": lambda month: _total(month.waits),
    "stages_online": lambda month: _share(month.is_online),
    "evidence_asked": lambda month: Fraction(month.requests.total()),
    "evidence_answered": lambda month: Fraction(month.answered_in_time.total()),
    "evidence_in_time": lambda month: Fraction(month.answered_in_time[True]),
    "evidence_exceptions": lambda month: Fraction(month.is_exception[True]),
    "suspended_days_resources": lambda month: _total(month.resource_waits),
    "suspended_days_applicant_evidence": lambda month: _total(month.applicant_waits),
    "share_electronic": lambda month: _share(_electronic(month.channels)),
}
"""How each indicator's figure follows from what happened in a month."""


def written(name: str, month: Month) -> str | None:
    """Return an indicator's figure as text; None when there is nothing to measure."""
    value = FIGURES[name](month)
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-_SCALES[name]), ROUND_HALF_UP))
