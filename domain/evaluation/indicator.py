"""What an indicator is: how its figure is computed from a measure, and when it is withheld."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from domain.evaluation.measures import Measure
from domain.values import Slug, Text, Value

Unit: TypeAlias = Literal["cases", "answers", "requests", "questions", "days", "working days", "share"]


class Count(Value):
    """How often the measure was counted: with one detail, or with any."""

    kind: Literal["count"] = "count"
    measure: Measure
    detail: str | None = None


class Total(Value):
    """The sum of the details, which are numbers, each as often as it was counted."""

    kind: Literal["total"] = "total"
    measure: Measure


class Share(Value):
    """How much of the measure has one of these details, compared without regard to case; rounded half up."""

    kind: Literal["share"] = "share"
    measure: Measure
    details: tuple[str, ...]


class Median(Value):
    """The middle one of the details, which are numbers; between two middle ones, half of their sum."""

    kind: Literal["median"] = "median"
    measure: Measure


class Percentile(Value):
    """The smallest detail, which is a number, that so many percent of all do not exceed (nearest rank)."""

    kind: Literal["percentile"] = "percentile"
    measure: Measure
    percent: Annotated[int, Field(ge=1, le=100)]


Computed: TypeAlias = Annotated[Count | Total | Share | Median | Percentile, Field(discriminator="kind")]


class Indicator(Value):
    """One line of the catalogue.

    Attributes:
        id: its name in answers, tables and formulas.
        name: what it is called.
        formula: how it is computed, in words.
        computed: the same for a program.
        unit: what its figure counts.
        scale: how many digits follow the decimal point.
        sources: the topics of the events that it follows from.
        withheld_below: a figure about fewer cases than this is withheld, because it would tell of single ones; 0: it
            tells only how many there are, and is never withheld.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Text
    formula: Text
    computed: Computed
    unit: Unit
    scale: Annotated[int, Field(ge=0, le=4)] = 0
    sources: tuple[str, ...]
    withheld_below: Annotated[int, Field(ge=0)] = 0

    @property
    def adds_up(self) -> bool:
        """Whether the figure of a part can be found by subtracting the other parts' figures from the whole's."""
        return self.computed.kind in {"count", "total", "share"}


class Graded(Value):
    """An indicator in the stars: one star, and one more for each of the steps that its figure reaches."""

    indicator: str
    weight: Annotated[int, Field(ge=1)]
    steps: tuple[str, ...]
    direction: Literal["at_least", "at_most"] = "at_least"


class Criterion(Value):
    """One of the criteria of the yearly evaluation; without indicators it is not measured, and does not count."""

    id: Slug
    name: Text
    weight: Annotated[int, Field(ge=1)]
    indicators: tuple[Graded, ...] = ()


class StarFormula(Value):
    """How stars are made: weighted means of the indicators in a criterion, and of the criteria; all is data."""

    version: Annotated[int, Field(ge=1)]
    formula: Text
    criteria: tuple[Criterion, ...]


class IndicatorCatalogue(Value):
    """All indicators and the formula of the stars. The version is raised whenever a line changes or joins."""

    version: Annotated[int, Field(ge=1)]
    indicators: tuple[Indicator, ...]
    stars: StarFormula
