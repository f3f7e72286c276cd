"""Counts terms on a calendar: from the local date of an event to the last local day."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeAlias

from domain.calendar.values import CountingRules
from domain.values import Term

_ONE_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 5
_SHORTEST_WITH_LEAST: Final = 2  # Regulation 1182/71, article 3 (5): a term of two days or more

IsWorking: TypeAlias = Callable[[date], bool]


class Pause(NamedTuple):
    """A time in which a term does not run: the days after `since`, up to and with `until`; None: it still lasts."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Return whether a day does not count."""
        return self.since < day and (self.until is None or day <= self.until)


class Counted(NamedTuple):
    """A term's last day, and the day on which the last day was counted, before the law has moved it."""

    last_day: date
    counted_to: date


def monday_to_friday(day: date) -> bool:
    """Return whether a day is one of the five that are worked where there is no calendar."""
    return day.isoweekday() <= _FRIDAY


def end_of_terms(
    began: date,
    terms: Sequence[Term],
    rules: CountingRules,
    is_working: IsWorking,
    pauses: Sequence[Pause] = (),
) -> Counted:
    """Return the last local day of terms that follow each other; none is later than the last of all days.

    Args:
        began: the local date of the event from which the first term is counted.
        terms: the term of the law, and its extension if there is one.
        rules: how the jurisdiction counts.
        is_working: tells the working days.
        pauses: the times in which the terms did not run; all of them are over.
    """
    try:
        day = began - _ONE_DAY if rules.first_day_counted and began > date.min else began
        for term in terms:
            day = _counted(day, term, is_working, pauses)
    except OverflowError:
        return Counted(date.max, date.max)

    def counts(other: date) -> bool:
        return is_working(other) and _pause_on(other, pauses) is None

    return Counted(_moved(began, day, terms, rules, counts), day)


def _counted(day: date, term: Term, is_working: IsWorking, pauses: Sequence[Pause]) -> date:
    """Return the day on which the last day of the term is counted.

    Raises:
        OverflowError: there is no such day.
    """
    if term.kind == "calendar" and not pauses:
        return day + timedelta(days=term.days)
    left = term.days
    while left:
        day += _ONE_DAY
        if pauses and (pause := _pause_on(day, pauses)) is not None:
            day = pause.until or date.max
        elif term.kind == "calendar" or is_working(day):
            left -= 1
    return day


def _pause_on(day: date, pauses: Sequence[Pause]) -> Pause | None:
    return next((pause for pause in pauses if pause.covers(day)), None)


def _moved(began: date, day: date, terms: Sequence[Term], rules: CountingRules, counts: IsWorking) -> date:
    """Return the last day as the law moves it: off a day off, and on until the term has its least of working days.

    A day on which the term does not run is none to which it is moved, and none of its working days.
    """
    try:
        if rules.last_day_off == "next_working_day":
            while not counts(day):
                day += _ONE_DAY
        if sum(term.days for term in terms) >= _SHORTEST_WITH_LEAST:
            missing = rules.least_working_days - _working_days_within(began, day, rules, counts)
            while missing > 0:
                day += _ONE_DAY
                missing -= counts(day)
    except OverflowError:
        return date.max
    return day


def _working_days_within(began: date, last: date, rules: CountingRules, counts: IsWorking) -> int:
    """Return how many working days a term has, counted no further than its least number."""
    found, day = 0, began if rules.first_day_counted else began + _ONE_DAY
    while day <= last and found < rules.least_working_days:
        found += counts(day)
        day += _ONE_DAY
    return found
