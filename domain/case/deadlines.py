"""When a case must be decided."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.values import Term

_SATURDAY = 5


def deadline(submitted_at: datetime, term: Term, time_zone: str) -> datetime:
    """Return the end of the term's last day: the first instant of the next day there, in UTC.

    The day of the submission does not count (Regulation (EEC, Euratom) No 1182/71, article 3, counts so, as most
    laws do). Working days are Monday to Friday; holidays, and days moved by decree, come with the calendar.
    """
    zone = ZoneInfo(time_zone)
    day = submitted_at.astimezone(zone).date()
    left = term.days
    while left:
        day += timedelta(days=1)
        if term.kind == "calendar" or day.weekday() < _SATURDAY:
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
