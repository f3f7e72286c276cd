"""Which days are working days, by a calendar's acts in the order in which they became known."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeVar

from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay, YearlyDay

T = TypeVar("T")
_ONE_DAY: Final = timedelta(days=1)
_DAYS_OF_A_YEAR: Final = 364  # at least, and not one more: then the last year of all has them, too
_NO_REST: Final[frozenset[int]] = frozenset()
_TOGETHER: Final = 64  # days that are worked out at once: most of a term, and a hundred bytes


class EnteredAct(NamedTuple):
    """An act and what it has put into the calendar."""

    act: LegalAct
    entries: Entries


class _Yearly(NamedTuple):
    """A holiday of every year, with the days for which it holds and the number of its act."""

    holiday: YearlyDay
    first: date
    last: date
    act: int


class WorkingDays:
    """The working days by some acts; what has been worked out is kept, so that counting a term only looks it up.

    Args:
        acts: the acts in the order in which they became known, numbered from 1.
    """

    def __init__(self, acts: Sequence[EnteredAct]) -> None:
        self.acts = tuple(acts)
        self._named: dict[date, tuple[NamedDay, int]] = {}
        self._yearly: list[_Yearly] = []
        self._rest: list[tuple[date, frozenset[int]]] = []
        self._counting: list[tuple[date, CountingRules]] = []
        self._years: dict[int, dict[date, int]] = {}
        self._stretches: dict[int, bytes] = {}
        for number, (_, entries) in enumerate(acts, 1):
            self._enter(number, entries)

    def is_working(self, day: date) -> bool:
        """Return whether it is a working day."""
        number, place = divmod(day.toordinal(), _TOGETHER)
        if (stretch := self._stretches.get(number)) is None:
            self._stretches[number] = stretch = self._stretch(number)
        return stretch[place] == 1

    def _stretch(self, number: int) -> bytes:
        """Return 1 for each working day of a stretch of days, and 0 for the others and for what is no day."""
        first, last = date.min.toordinal(), date.max.toordinal()
        ordinals = range(number * _TOGETHER, (number + 1) * _TOGETHER)
        return bytes(first <= each <= last and self._is_worked(date.fromordinal(each)) for each in ordinals)

    def _is_worked(self, day: date) -> bool:
        if (named := self._named.get(day)) is not None:
            return named[0].effect == "working"
        if day in self._year(day.year):
            return False
        return day.isoweekday() not in self._rest_on(day)

    def is_rest_day(self, day: date) -> bool:
        """Return whether it is one of the weekly days of rest, whatever an act says of this one."""
        return day.isoweekday() in self._rest_on(day)

    def usually_worked(self, year: int) -> int:
        """Return how many days of a year are worked by the week and by what comes every year."""
        holidays, first = self._year(year), date(year, 1, 1)
        days = (first + timedelta(days=number) for number in range(_DAYS_OF_A_YEAR))
        return sum(day not in holidays and not self.is_rest_day(day) for day in days)

    def because_of(self, day: date) -> int | None:
        """Return the number of the act that makes of a day what it is; None where the week does."""
        if (named := self._named.get(day)) is not None:
            return named[1]
        return self._year(day.year).get(day)

    def counting(self, on: date) -> CountingRules:
        """Return the rules by which a term is counted that begins on a day."""
        return _since(self._counting, on, CountingRules())

    def _rest_on(self, day: date) -> frozenset[int]:
        return _since(self._rest, day, _NO_REST)

    def _enter(self, number: int, entries: Entries) -> None:
        for named in entries.days:
            if named.effect == "usual":
                self._named.pop(named.day, None)
            else:
                self._named[named.day] = (named, number)
        self._end(entries)
        last = entries.to_day or date.max
        self._yearly += [_Yearly(each, entries.from_day, last, number) for each in entries.every_year]
        if entries.rest_days is not None:
            self._rest.append((entries.from_day, frozenset(entries.rest_days)))
        if entries.counting is not None:
            self._counting.append((entries.from_day, entries.counting))

    def _end(self, entries: Entries) -> None:
        ended = set(entries.ends)
        before = entries.from_day - _ONE_DAY if entries.from_day > date.min else date.min
        self._yearly = [
            each._replace(last=min(each.last, before)) if each.act in ended else each for each in self._yearly
        ]

    def _year(self, year: int) -> dict[date, int]:
        """Return the holidays of a year that come every year, with those carried over into it; day -> act."""
        if (known := self._years.get(year)) is None:
            self._years[year] = known = self._work_out(year)
        return known

    def _work_out(self, year: int) -> dict[date, int]:
        # A holiday at the end of a year may be carried over into the next one.
        around = [found for each in self._yearly for found in _in_years(each, (year - 1, year))]
        off = {day: act for day, act, _ in around}
        for day, act, carried in sorted(around, key=lambda found: found[0]):
            if carried and day.isoweekday() in self._rest_on(day):
                instead = self._next_free(day, off)
                if instead is not None:
                    off[instead] = act
        return {day: act for day, act in off.items() if day.year == year}

    def _next_free(self, day: date, off: dict[date, int]) -> date | None:
        """Return the next day that is off for no other reason: that is where a holiday is carried over to."""
        while day < date.max:
            day += _ONE_DAY
            named = self._named.get(day)
            is_feast = named is not None and named[0].effect == "off" and named[0].why == "holiday"
            if day not in off and not is_feast and day.isoweekday() not in self._rest_on(day):
                return day
        return None


def _in_years(each: _Yearly, years: Sequence[int]) -> Iterator[tuple[date, int, bool]]:
    for year in years:
        try:
            day = date(year, each.holiday.month, each.holiday.day)
        except ValueError:
            continue  # 29 February of another year, or outside of the years that Python counts
        if each.first <= day <= each.last:
            yield day, each.act, each.holiday.carried_over


def _since(found: Sequence[tuple[date, T]], day: date, otherwise: T) -> T:
    """Return what holds on a day: of what has begun by then, what became known last; else what became known first."""
    for begins, value in reversed(found):
        if begins <= day:
            return value
    return found[0][1] if found else otherwise
