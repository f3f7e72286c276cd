"""How a legal term becomes a moment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.values import Term, in_utc

_ONE_DAY = timedelta(days=1)
_FRIDAY = 5


def deadline(submitted_at: datetime, term: Term, time_zone: str) -> datetime:
    """Return, in UTC, the end of the term's last local day: the first instant of the day after it.

    The day of the submission does not count. Working days are Monday to Friday: holidays, moved working days and
    terms that end on a day off come with the calendar of a later issue.
    """
    zone = ZoneInfo(time_zone)
    last = _last_day(in_utc(submitted_at).astimezone(zone).date(), term)
    # Where the clock skips midnight, the offset from before the change makes this the very moment of the change.
    return datetime.combine(last + _ONE_DAY, time.min, zone).astimezone(UTC)


def _last_day(submitted: date, term: Term) -> date:
    match term.kind:
        case "calendar":
            return submitted + timedelta(days=term.days)
        case "working":
            day, left = submitted, term.days
            while left:
                day += _ONE_DAY
                left -= day.isoweekday() <= _FRIDAY
            return day
        case _:
            assert_never(term.kind)
