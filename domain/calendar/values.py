"""The days of a calendar, the acts that set them, and the rules by which a jurisdiction counts terms."""

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from domain.values import Line, Number, Text, Value

Weekday: TypeAlias = Annotated[int, Field(ge=1, le=7)]
"""A day of the week as ISO 8601 counts: 1 is Monday."""

Effect: TypeAlias = Literal["off", "working", "usual"]
"""What an act makes of one day; `usual` takes back what an act before it has said of the day."""

WhyNamed: TypeAlias = Literal["holiday", "carried_over", "swap", "voting", "emergency", "other"]
"""Why an act names a day: a holiday, one that fell on a day of rest, a swap of days, an election, an emergency."""

AtItsEnd: TypeAlias = Literal["stays", "next_working_day"]
"""What becomes of a term whose last day is a day off."""

Shortening: TypeAlias = Literal["never", "allowed"]
"""Whether an act that comes later may make a running term shorter."""


class LegalAct(Value):
    """The act of law that makes an entry of a calendar: who reads the calendar can look it up."""

    title: Text
    number: Line
    published_on: date


class NamedDay(Value):
    """One day that an act names."""

    day: date
    effect: Effect
    why: WhyNamed
    name: Text | None = None


class YearlyDay(Value):
    """A holiday on the same date of every year.

    If it is `carried_over` and falls on a weekly day of rest, the next working day is off as well.
    """

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    name: Text
    carried_over: bool = False

    @model_validator(mode="after")
    def _is_a_date(self) -> Self:
        """Refuse a date that no year has."""
        try:
            date(2000, self.month, self.day)  # a leap year: 29 February is one
        except ValueError:
            raise ValueError("no year has this date") from None
        return self


class CountingRules(Value):
    """How the law counts terms; the unit, working or calendar days, is said by each term.

    Attributes:
        first_day_counted: whether the day of the event counts as the first one.
        last_day_off: what becomes of a term whose last day is a day off.
        least_working_days: how many working days a term of two days or more has at least.
        shortening: whether an act that comes after a term has begun may make it shorter.

    Regulation (EEC, Euratom) 1182/71, article 3, for example: the day of the event is not counted, a term that ends on
    a day off ends with the next working day, and a term of two days or more has at least two working days.
    """

    first_day_counted: bool = False
    last_day_off: AtItsEnd = "stays"
    least_working_days: Annotated[int, Field(ge=0, le=30)] = 0
    shortening: Shortening = "allowed"


class Entries(Value):
    """What one act puts into a calendar.

    Attributes:
        days: the days that it names.
        every_year: holidays of every year.
        rest_days: the weekly days of rest from then on; None leaves them as they are.
        counting: the rules of counting from then on; None leaves them as they are.
        ends: acts of this calendar, by their numbers in it, whose holidays of every year end.
        from_day: the first day for which `every_year`, `rest_days`, `counting` and `ends` hold.
        to_day: the last such day of `every_year`; None: until another act ends it.
    """

    days: Annotated[tuple[NamedDay, ...], Field(max_length=400)] = ()
    every_year: Annotated[tuple[YearlyDay, ...], Field(max_length=100)] = ()
    rest_days: Annotated[tuple[Weekday, ...], Field(max_length=7)] | None = None
    counting: CountingRules | None = None
    ends: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    from_day: date
    to_day: date | None = None
