"""Stores local dates in views as numbers of days, where 1 is the first day of the year 1.

No view stores an instant that is derived from a date. It would depend on the time zone data of the machine, and a
replay elsewhere would differ. Such instants are derived from the row when it is shown.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

from domain.case.deadlines import end_of


def day_of(text: str) -> int:
    """Return the day of a date as events write it (YYYY-MM-DD)."""
    return date.fromisoformat(text).toordinal()


def day_or_none(text: str | None) -> int | None:
    """Return the day of a date; None when there is no date."""
    return None if text is None else day_of(text)


def _from_row(value: object) -> object:
    return date.fromordinal(value) if isinstance(value, int) else value


RowDate = Annotated[date, BeforeValidator(_from_row)]


def deadline_of(last_day: date | None, zone: str) -> datetime | None:
    """Return the instant when a last local day ends in its zone; None when there is no such day."""
    return None if last_day is None else end_of(last_day, zone)
