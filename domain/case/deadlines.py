"""Counts legal terms from local date to local date, independent of a machine's time zone data.

Local dates are stored, folded and judged. Time zones are looked up in two places only: where a command is built
(`local_date`), and where an instant is shown (`end_of`).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from domain.values import Term, in_utc

_ONE_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 5
_WEEK: Final = 7
_FURTHEST: Final = timedelta(hours=16)  # no zone was ever further from UTC


def last_day(began: date, term: Term) -> date:
    """Return the last local day of a term that began on a local date; none is later than the last of all days.

    The first day does not count. Working days are Monday to Friday. Holidays, moved working days and terms that end on
    a day off will come with the calendars of a later issue.
    """
    try:
        return _counted(began, term)
    except OverflowError:
        return date.max


def _counted(began: date, term: Term) -> date:
    match term.kind:
        case "calendar":
            return began + timedelta(days=term.days)
        case "working":
            day, left = began, term.days
            while left:
                day += _ONE_DAY
                left -= day.isoweekday() <= _FRIDAY
            return day
        case _:
            assert_never(term.kind)


def working_days(began: date, ended: date) -> int:
    """Return how many working days there are after one date, up to and with another; 0 when it is not later.

    It is the inverse of `last_day`: a term of so many working days that began on the one date is over on the other, or
    on the working day before it.
    """
    return max(0, _working_days_until(ended) - _working_days_until(began))


def _working_days_until(day: date) -> int:
    """Return how many working days there are from the first of all days, a Monday, up to and with this one."""
    weeks, rest = divmod(day.toordinal(), _WEEK)
    return _FRIDAY * weeks + min(rest, _FRIDAY)


def local_date(at: datetime, time_zone: str) -> date:
    """Return the local date at an instant; at the limits of the calendar, the date in UTC."""
    instant = in_utc(at)
    try:
        return instant.astimezone(ZoneInfo(time_zone)).date()
    except OverflowError:
        return instant.date()


def end_of(day: date, time_zone: str) -> datetime:
    """Return the end of a local day in UTC: the first instant of the next day."""
    try:
        # If the clock skips midnight, the offset before the change makes this the moment of the change.
        return datetime.combine(day + _ONE_DAY, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    except OverflowError:  # the last possible day, which some systems write for "never"
        return datetime.max.replace(tzinfo=UTC)


def may_be_local(day: date, at: datetime) -> bool:
    """Return whether this could be the local date of some place at this instant."""
    return _moved(at, -_FURTHEST) <= day <= _moved(at, _FURTHEST)


def _moved(at: datetime, by: timedelta) -> date:
    instant = in_utc(at)
    try:
        return (instant + by).date()
    except OverflowError:
        return instant.date()
