"""Makes stars of figures by the published formula."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.evaluation.figures import Figure, as_text
from domain.evaluation.indicator import Criterion, Graded, StarFormula

_DIGITS = 1


class Stars(NamedTuple):
    """How many stars, as text from 1.0 to 5.0, for the whole and by criterion; None: not measured."""

    overall: str | None
    criteria: Mapping[str, str | None]


def stars_of(formula: StarFormula, figures: Mapping[str, Figure]) -> Stars:
    """Return the stars of these figures. What is not measured does not count."""
    by_criterion = {each.id: _of_criterion(each, figures) for each in formula.criteria}
    overall = _mean([(each.weight, by_criterion[each.id]) for each in formula.criteria])
    return Stars(_shown(overall), {name: _shown(stars) for name, stars in by_criterion.items()})


def _of_criterion(criterion: Criterion, figures: Mapping[str, Figure]) -> Fraction | None:
    return _mean([(graded.weight, _of_indicator(graded, figures)) for graded in criterion.indicators])


def _of_indicator(graded: Graded, figures: Mapping[str, Figure]) -> Fraction | None:
    value = figures[graded.indicator].value
    if value is None:
        return None
    figure, steps = Fraction(value), [Fraction(step) for step in graded.steps]
    reached = sum(figure >= step if graded.direction == "at_least" else figure <= step for step in steps)
    return Fraction(1 + reached)


def _mean(weighted: list[tuple[int, Fraction | None]]) -> Fraction | None:
    known = [(weight, stars) for weight, stars in weighted if stars is not None]
    if not known:
        return None
    return sum((weight * stars for weight, stars in known), Fraction(0)) / sum(weight for weight, _ in known)


def _shown(stars: Fraction | None) -> str | None:
    return None if stars is None else as_text(stars, _DIGITS)
