"""How a legal term is counted: from a local date to a local date, whatever any machine knows about time zones.

What is stored, folded and judged are local dates. Time zones are looked up twice only: where a command is built
(`local_date`), and where an instant is shown (`end_of`).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from domain.values import Term, in_utc

_ONE_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 5
_FURTHEST: Final = timedelta(hours=16)  # no zone's clock was ever further from UTC


def last_day(began: date, term: Term) -> date:
    """Return the last local day of a term that began on a local date.

    The day on which it began does not count. Working days are Monday to Friday: holidays, moved working days and
    terms that end on a day off come with the calendars of a later issue.
    """
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


def local_date(at: datetime, time_zone: str) -> date:
    """Return the date that the calendar on the wall shows at an instant; beside the last year counted, UTC's."""
    instant = in_utc(at)
    try:
        return instant.astimezone(ZoneInfo(time_zone)).date()
    except OverflowError:
        return instant.date()


def end_of(day: date, time_zone: str) -> datetime:
    """Return, in UTC, when a local day is over: the first instant of the day after it."""
    try:
        # Where the clock skips midnight, the offset from before the change makes this the moment of the change.
        return datetime.combine(day + _ONE_DAY, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    except OverflowError:  # the last of all days, which some systems write for "never"
        return datetime.max.replace(tzinfo=UTC)


def may_be_local(day: date, at: datetime) -> bool:
    """Return whether there could be a place where the calendar shows this date at this instant."""
    return _moved(at, -_FURTHEST) <= day <= _moved(at, _FURTHEST)


def _moved(at: datetime, by: timedelta) -> date:
    instant = in_utc(at)
    try:
        return (instant + by).date()
    except OverflowError:
        return instant.date()
