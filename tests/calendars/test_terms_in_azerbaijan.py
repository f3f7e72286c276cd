"""Terms before and after the acts that moved them: table C3 of `../shared/DOMAIN.md`."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import holidays
import pytest

from domain.calendar.state import CalendarState, KnownCalendar
from domain.calendar.values import Entries, NamedDay, WhyNamed
from domain.clock.case_clock import CaseClock
from domain.clock.causes import Moved
from domain.clock.reckoning import last_day_after, last_day_of, reckon
from domain.values import Term
from tests.calendars.azerbaijan import NO_NUMBER, calendar, code, entered

ALL = calendar()


def ends(began: str, days: int, kind: Literal["working", "calendar"], known: CalendarState) -> str | None:
    clock = CaseClock(date.fromisoformat(began))
    last = last_day_of(clock, Term(days=days, kind=kind), KnownCalendar(known, known.version))
    return None if last is None else last.isoformat()


@pytest.mark.parametrize(
    ("began", "days", "kind", "act", "before", "after"),
    [
        ("2023-12-28", 5, "working", None, None, "2024-01-09"),
        ("2024-01-29", 10, "working", None, None, "2024-02-13"),
        ("2024-11-01", 7, "working", "2024-09-18", "2024-11-14", "2024-11-16"),
        ("2024-11-01", 10, "working", "2024-09-18", "2024-11-19", "2024-11-20"),
        ("2025-02-10", 20, "working", "2025-02-15", "2025-03-11", "2025-03-10"),
        ("2025-02-10", 27, "working", "2025-02-15", "2025-03-27", "2025-03-19"),
        ("2025-02-10", 28, "working", "2025-02-15", "2025-03-28", "2025-04-01"),
        ("2025-03-19", 1, "working", None, None, "2025-04-01"),
        ("2025-06-13", 5, "working", "2025-06-17", "2025-06-23", "2025-06-21"),
        ("2026-03-16", 10, "working", None, None, "2026-04-08"),
        ("2026-11-05", 3, "working", None, None, "2026-11-12"),
        ("2024-10-13", 30, "calendar", "2024-09-18", "2024-11-12", "2024-11-14"),
        ("2026-02-18", 30, "calendar", None, None, "2026-03-31"),
    ],
)
def test_a_term_ends_as_it_did_before_and_after_each_act(
    began: str, days: int, kind: Literal["working", "calendar"], act: str | None, before: str | None, after: str
) -> None:
    assert ends(began, days, kind, ALL) == after
    if act is not None:
        assert ends(began, days, kind, calendar(before=date.fromisoformat(act))) == before


def test_what_moved_a_running_term_is_named_with_its_act() -> None:
    known = calendar(before=date(2025, 2, 15)).version
    clock, term = CaseClock(date(2025, 2, 10), known=known), Term(days=27, kind="working")
    moved = [cause for cause in reckon(clock, term, KnownCalendar(ALL, ALL.version)).causes if isinstance(cause, Moved)]
    assert [(each.act.title["en"], each.before, each.after) for each in moved] == [
        ("swap of observed days in March 2025", date(2025, 3, 27), date(2025, 3, 19))
    ]
    assert reckon(clock, term, KnownCalendar(ALL, known)).last_day == date(2025, 3, 27)


# The second opinion: `holidays`. Names of its days follow the language of the process, so none is looked at.

OPINION = holidays.country_holidays("AZ", years=range(2012, 2028))
DEVIATIONS: dict[str, tuple[bool, WhyNamed]] = {
    "2013-10-09": (False, "voting"),  # presidential election
    "2014-12-23": (False, "voting"),  # municipal elections
    "2016-09-26": (False, "voting"),  # referendum
    "2019-12-23": (False, "voting"),  # municipal elections
    "2019-12-27": (True, "other"),  # the library has put the same elections on this day
    "2020-05-29": (False, "emergency"),  # quarantine
}
"""Table C2: a day, whether it was worked in truth, and why an act names it; of each the library says the opposite."""

FEASTS_AND_SWAPS = {
    2013: ("01-03 01-04 08-08 08-09 10-15 10-16", "12-28 12-29"),
    2014: ("01-03 01-06 07-28 07-29 10-06 10-07", ""),
    2015: ("03-27 07-17 07-20 09-24 09-25", "03-29"),
    2016: ("07-06 07-07 09-12 09-13", ""),
    2017: ("06-27 06-28 09-01 09-04", ""),
    2018: ("04-11 06-18 06-19 08-22 08-23", ""),
    2019: ("06-05 06-06 08-12 08-13 12-27", "12-28 12-29"),
    2020: ("01-03 01-06 03-27 05-25 05-26 05-27 07-31 08-03", "03-29 05-31"),
    2021: ("05-11 05-12 05-13 05-14 07-19 07-20 07-21", "05-08 05-16 07-17"),
    2022: ("03-07 05-02 05-03 07-11 07-12 11-07", "03-05 11-05"),
    2023: ("04-21 04-24 06-27 06-28 06-29 06-30 11-10", "06-24 06-25 11-04 12-30"),
}
"""Days off, and days of rest that were worked, by the library: acts of their year name them, and no code does."""


def days_between(first: str, last: str) -> Iterator[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


def test_of_2024_to_2026_a_second_opinion_is_the_same_day_by_day() -> None:
    working = ALL.known_at(ALL.version)
    days = list(days_between("2024-01-01", "2026-12-31"))

    assert [day for day in days if working.is_working(day) != OPINION.is_working_day(day)] == []
    assert len(days) == 1_096


@pytest.mark.parametrize("year", FEASTS_AND_SWAPS)
def test_of_2013_to_2023_it_differs_only_in_what_no_code_says(year: int) -> None:
    state = code()
    working = state.known_at(state.version)
    off, worked = ([f"{year}-{day}" for day in days.split()] for days in FEASTS_AND_SWAPS[year])
    differing = [
        day
        for day in days_between(f"{year}-01-01", f"{year}-12-31")
        if working.is_working(day) != OPINION.is_working_day(day)
    ]

    assert [day.isoformat() for day in differing if working.is_working(day)] == off
    assert [day.isoformat() for day in differing if not working.is_working(day)] == worked


@pytest.mark.parametrize("day", DEVIATIONS)
def test_where_the_library_is_known_to_be_wrong_it_still_is(day: str) -> None:
    in_truth, _ = DEVIATIONS[day]

    assert OPINION.is_working_day(date.fromisoformat(day)) is not in_truth, "it was mended: take the day off the list"


@pytest.mark.parametrize("day", DEVIATIONS)
def test_where_the_library_is_wrong_an_act_in_a_calendar_says_the_truth(day: str) -> None:
    (in_truth, why), on = DEVIATIONS[day], date.fromisoformat(day)
    state = code()
    if not in_truth:
        named = NamedDay(day=on, effect="off", why=why)
        state = entered(state, "of the day", NO_NUMBER, on, Entries(days=(named,), from_day=on))

    assert state.known_at(state.version).is_working(on) is in_truth
    assert ends((on - timedelta(days=1)).isoformat(), 1, "working", state) != day or in_truth


def test_every_term_of_up_to_forty_working_days_ends_where_stepping_with_the_second_opinion_does() -> None:
    steps = [day for day in days_between("2024-01-01", "2027-03-08") if OPINION.is_working_day(day)]
    known, terms = KnownCalendar(ALL, ALL.version), [Term(days=days, kind="working") for days in range(1, 41)]
    differing = [
        (began, term.days)
        for began in days_between("2024-01-01", "2026-12-31")
        for place in [bisect_right(steps, began)]
        for term in terms
        if last_day_after(began, term, known) != steps[place + term.days - 1]
    ]

    assert differing == []


def test_every_term_of_calendar_days_ends_on_the_next_working_day_of_the_second_opinion() -> None:
    known = KnownCalendar(ALL, ALL.version)
    for began in days_between("2024-01-01", "2026-12-31"):
        for days in (1, 10, 15, 30):
            last = began + timedelta(days=days)
            while not OPINION.is_working_day(last):
                last += timedelta(days=1)
            assert last_day_after(began, Term(days=days, kind="calendar"), known) == last
