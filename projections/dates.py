"""Local dates in views are days, 1 for the first day of the year 1: plain numbers to fold and to compare.

No view has an instant that was derived from a date: it would depend on what a machine knows about time zones, and a
replay elsewhere would differ. Such instants are derived from the row, where it is shown.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

from domain.case.deadlines import end_of


def day_of(text: str) -> int:
    """Return the day of a date as events have it (YYYY-MM-DD)."""
    return date.fromisoformat(text).toordinal()


def day_or_none(text: str | None) -> int | None:
    """Return the day of a date, if there is one."""
    return None if text is None else day_of(text)


def _from_row(value: object) -> object:
    return date.fromordinal(value) if isinstance(value, int) else value


RowDate = Annotated[date, BeforeValidator(_from_row)]


def deadline_of(last_day: date | None, zone: str) -> datetime | None:
    """Return the instant when a last local day is over in its zone, if there is such a day."""
    return None if last_day is None else end_of(last_day, zone)
