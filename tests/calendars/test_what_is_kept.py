"""What a calendar keeps of its working days changes no answer, and is little, however many acts there are."""

import tracemalloc
from datetime import date, timedelta

from domain.calendar.events import ActEntered
from domain.calendar.state import CalendarState, evolve
from domain.calendar.values import Entries, LegalAct, NamedDay
from domain.calendar.working_days import WorkingDays
from tests.calendars.azerbaijan import calendar

FIRST, ACTS, YEARS = date(2021, 1, 1), 200, 10
MOST_BYTES = 256 << 10  # of one version


def with_many_acts() -> CalendarState:
    state = calendar(before=date(2023, 1, 1))
    for number in range(ACTS - state.version):
        day = FIRST + timedelta(days=18 * number)
        named = tuple(NamedDay(day=day + timedelta(days=each), effect="off", why="other") for each in range(8))
        act = LegalAct(title={"en": "An act"}, number=str(number), published_on=day)
        entries = Entries(days=named, from_day=day)
        state = evolve(state, ActEntered(slug="az", number=state.version + 1, act=act, entries=entries))
    return state


def test_a_day_is_the_same_whichever_day_was_asked_for_before() -> None:
    acts = calendar().acts
    forwards, backwards = WorkingDays(acts), WorkingDays(acts)
    days = [date(2023, 1, 1) + timedelta(days=number) for number in range(1500)]
    kept = {day: forwards.is_working(day) for day in days}

    assert kept == {day: backwards.is_working(day) for day in reversed(days)}
    of_the_week = [day for day in days if backwards.because_of(day) is None]
    assert [day for day in of_the_week if kept[day] != (day.isoweekday() < 6)] == []


def test_the_first_and_the_last_of_all_days_are_answered() -> None:
    known = WorkingDays(calendar().acts)

    assert [known.is_working(day) for day in (date.min, date.max)] == [True, False]


def test_every_version_of_ten_years_of_acts_is_known_in_little_memory() -> None:
    state = with_many_acts()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for version in range(1, state.version + 1):
            for year in range(YEARS):
                state.known_at(version).is_working(date(FIRST.year + year, 5, 5))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (state.version, len(state.acts)) == (ACTS, ACTS)
    assert (after - before) / ACTS < MOST_BYTES
