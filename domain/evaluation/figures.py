"""Computes figures from tallies. No floats: a figure is a text with the indicator's digits after the point."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Literal, NamedTuple, TypeAlias, assert_never

from domain.evaluation.indicator import Computed, Count, Indicator, Median, Percentile, Share, Total
from domain.evaluation.measures import Tally

Why: TypeAlias = Literal["nothing to measure", "too few cases"]
"""Why there is no figure."""

_HALF = Fraction(1, 2)


class Figure(NamedTuple):
    """What an indicator says: a value as text, or why there is none."""

    value: str | None
    why: Why | None = None


def figures_of(indicators: Iterable[Indicator], parts: Sequence[Tally]) -> Mapping[str, Figure]:
    """Return indicator -> figure of the whole that these tallies are parts of, as they are published.

    A figure about too few cases is withheld. So is one from which such a figure of a part could be found by subtracting
    those of the other parts.
    """
    return {each.id: withheld(each, parts) or computed_figure(each, parts) for each in indicators}


def withheld(indicator: Indicator, parts: Sequence[Tally]) -> Figure | None:
    """Return the figure that says so, when the indicator's is about too few cases, or would tell of so few."""
    cases = [sum(part.get(indicator.computed.measure, {}).values()) for part in parts]
    hidden = sum(few for few in cases if few < indicator.withheld_below) if indicator.adds_up else 0
    if any(0 < few < indicator.withheld_below for few in (sum(cases), hidden)):
        return Figure(None, "too few cases")
    return None


def computed_figure(indicator: Indicator, parts: Sequence[Tally]) -> Figure:
    """Return the figure of these tallies together, however few cases it is about."""
    together: Counter[str] = Counter()
    for part in parts:
        together.update(part.get(indicator.computed.measure, {}))
    value = _value(indicator.computed, +together)
    return Figure(None, "nothing to measure") if value is None else Figure(as_text(value, indicator.scale))


def as_text(value: Fraction, scale: int) -> str:
    """Return a number that is not negative with so many digits after the point, rounded half up."""
    whole, rest = divmod(floor(value * 10**scale + _HALF), 10**scale)
    return f"{whole}.{rest:0{scale}d}" if scale else str(whole)


def _value(computed: Computed, amounts: Counter[str]) -> Fraction | None:
    match computed:
        case Count():
            return Fraction(amounts.total() if computed.detail is None else amounts[computed.detail])
        case Total():
            return Fraction(sum(int(detail) * amount for detail, amount in amounts.items()))
        case Share():
            named = sum(amount for detail, amount in amounts.items() if detail.casefold() in computed.details)
            return Fraction(named, amounts.total()) if amounts else None
        case Median():
            count = amounts.total()
            middle = (_ranked(amounts, (count + 1) // 2) + _ranked(amounts, count // 2 + 1)) if count else None
            return None if middle is None else Fraction(middle, 2)
        case Percentile():
            rank = -(-amounts.total() * computed.percent // 100)
            return Fraction(_ranked(amounts, rank)) if amounts else None
        case _:
            assert_never(computed)


def _ranked(amounts: Mapping[str, int], rank: int) -> int:
    """Return the number at a rank, counted from 1, of all the details in their order."""
    passed = 0
    for detail in sorted(map(int, amounts)):
        passed += amounts[str(detail)]
        if passed >= rank:
            return detail
    raise LookupError(rank)
