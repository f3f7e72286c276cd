"""Terms of calendar days in the Netherlands, whose last day is moved off weekends and holidays."""

from datetime import date, timedelta

import holidays
import pytest
from holidays.constants import OPTIONAL, PUBLIC

from domain.calendar.state import KnownCalendar
from domain.clock.reckoning import last_day_after
from domain.values import Term
from tests.calendars.netherlands import dutch

CALENDAR = KnownCalendar(dutch(2009, 2027), 1)
LIBERATION = (5, 5)


def is_off_by_the_second_opinion(day: date, opinion: holidays.HolidayBase) -> bool:
    return day in opinion or day.isoweekday() > 5 or (day.month, day.day) == LIBERATION


@pytest.mark.parametrize("days", [1, 14, 42, 56, 98])
def test_a_last_day_is_moved_to_where_the_second_opinion_has_the_next_working_day(days: int) -> None:
    opinion = holidays.country_holidays("NL", years=range(2009, 2029), categories=(PUBLIC, OPTIONAL))
    began, differing = date(2010, 1, 1), []
    while began < date(2027, 1, 1):
        last = began + timedelta(days=days)
        while is_off_by_the_second_opinion(last, opinion):
            last += timedelta(days=1)
        found = last_day_after(began, Term(days=days, kind="calendar"), CALENDAR)
        if found != last:
            differing.append((began.isoformat(), found.isoformat(), last.isoformat()))
        began += timedelta(days=1)
    assert differing == []


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        ("2024-03-04", "2024-04-29"),
        ("2024-02-05", "2024-04-02"),  # 1 April 2024 is Easter Monday
        ("2024-03-14", "2024-05-10"),  # 9 May 2024 is Ascension Day
        ("2023-10-30", "2023-12-27"),  # Christmas is a Monday and a Tuesday
        ("2011-03-05", "2011-05-02"),  # 30 April 2011 is the Queen's birthday, and a Saturday
    ],
)
def test_eight_weeks_end_on_a_working_day(began: str, ends: str) -> None:
    last = last_day_after(date.fromisoformat(began), Term(days=56, kind="calendar"), CALENDAR)

    assert last.isoformat() == ends
