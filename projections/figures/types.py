"""What the public receives of the evaluation: figures with stars, and how they were made."""

from typing import Literal

from domain.evaluation.figures import Why
from projections.view_type import ViewType

Per = Literal["service", "agency"]
"""Whose figures: each service's or each agency's."""


class FigureShown(ViewType):
    """What an indicator says: a decimal number as text, or why there is none."""

    indicator: str
    value: str | None
    why: Why | None


class CriterionStars(ViewType):
    """The stars for a criterion, from 1.0 to 5.0; None says that nothing in it is measured."""

    criterion: str
    stars: str | None


class StarsShown(ViewType):
    """The stars for the whole and by criterion, with the version of the formula that has made them."""

    formula: int
    overall: str | None
    criteria: tuple[CriterionStars, ...]


class MonthlyFigures(ViewType):
    """The figures of a service or an agency in a month; `catalogue` is the version of the indicators' catalogue."""

    name: str
    month: str
    catalogue: int
    figures: tuple[FigureShown, ...]
    stars: StarsShown
