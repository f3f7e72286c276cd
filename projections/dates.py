"""Local dates in views are days, 1 for the first day of the year 1: plain numbers to fold and to compare.

No view has an instant that was derived from a date: it would depend on what a machine knows about time zones, and a
replay elsewhere would differ. Such instants are derived from the row, where it is shown.
"""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, computed_field

from domain.case.deadlines import end_of
from projections.instants import RowInstant
from projections.view_type import ViewType


def day_of(text: str) -> int:
    """Return the day of a date as events have it (YYYY-MM-DD)."""
    return date.fromisoformat(text).toordinal()


def day_or_none(text: str | None) -> int | None:
    """Return the day of a date, if there is one."""
    return None if text is None else day_of(text)


def _from_row(value: object) -> object:
    return date.fromordinal(value) if isinstance(value, int) else value


RowDate = Annotated[date, BeforeValidator(_from_row)]


class Due(ViewType):
    """What has a legal term: `last_day` is the last local day of it, `deadline` the instant when that day is over."""

    last_day: RowDate | None
    time_zone: str

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way; mypy knows no decorated properties
    @property
    def deadline(self) -> RowInstant | None:
        """When the last day is over, where the case is."""
        return None if self.last_day is None else end_of(self.last_day, self.time_zone)
