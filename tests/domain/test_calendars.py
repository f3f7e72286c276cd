"""Calendars: what may be entered, and which days are worked by acts, in the order in which they became known."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar import refusals
from domain.calendar.commands import Command, EnterAct, OpenCalendar
from domain.calendar.decisions import decide
from domain.calendar.events import ActEntered
from domain.calendar.state import CalendarState, KnownCalendar, evolve
from domain.calendar.values import Effect, Entries, LegalAct, NamedDay, WhyNamed, YearlyDay
from domain.case.events import CaseWithdrawn
from domain.clock.reckoning import last_day_after
from domain.envelope import COORDINATOR
from domain.event import Event, UnknownEventError
from domain.refusals import InvalidInput, Refusal
from domain.text import TextCanBeStored
from domain.values import Term
from tests.domain.clock_examples import CODE, DECREE, ENTERED, OPENED
from tests.domain.town import AT

NEW_YEAR = YearlyDay(month=1, day=1, name={"en": "New Year"}, carried_over=True)
WEEK = OPENED.entries.model_copy(update={"every_year": ()})


def after(*events: Event) -> CalendarState | None:
    state: CalendarState | None = None
    for event in events:
        state = evolve(state, event)
    return state


def leads(past: Iterable[Event], command: Command, *expected: Event) -> None:
    assert decide(command, after(*past)) == expected


def refuses(past: Iterable[Event], command: Command, refusal: type[Refusal], field: str | None = None) -> None:
    with pytest.raises(refusal) as caught:
        decide(command, after(*past))
    assert (caught.type, caught.value.field) == (refusal, field)


def opening(**changes: Any) -> OpenCalendar:
    parts = {name: getattr(OPENED, name) for name in type(OPENED).model_fields}
    return OpenCalendar(at=AT, actor=COORDINATOR, **parts | changes)


def entering(entries: Entries = ENTERED.entries, act: LegalAct = DECREE) -> EnterAct:
    return EnterAct(at=AT, actor=COORDINATOR, act=act, entries=entries)


def named(effect: Effect, *days: str, why: WhyNamed = "swap") -> Entries:
    dates = [date.fromisoformat(day) for day in days]
    return Entries(days=tuple(NamedDay(day=day, effect=effect, why=why) for day in dates), from_day=dates[0])


def yearly(*days: YearlyDay, from_day: date = WEEK.from_day, to_day: date | None = None) -> Entries:
    return Entries(every_year=days, from_day=from_day, to_day=to_day)


def holiday(month: int, day: int, *, carried_over: bool = False) -> YearlyDay:
    return YearlyDay(month=month, day=day, name={"en": "Holiday"}, carried_over=carried_over)


def calendar(first: Entries, *others: Entries) -> CalendarState:
    """Return the calendar with acts that were all allowed."""
    (opened,) = decide(opening(entries=first), None)
    state = evolve(None, opened)
    for number, entries in enumerate(others):
        act = LegalAct(title={"en": "Decree"}, number=f"{number}", published_on=date(2026, 1, 1))
        for event in decide(entering(entries, act), state):
            state = evolve(state, event)
    return state


def off(state: CalendarState, first: str, last: str, version: int | None = None) -> list[str]:
    """Return the days off from Monday to Friday between two days, by the acts known at a version."""
    working, day, found = state.known_at(version or state.version), date.fromisoformat(first), []
    while day <= date.fromisoformat(last):
        if not working.is_working(day) and day.isoweekday() < 6:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found


# What may be entered.


def test_a_calendar_is_opened_once_and_the_same_command_again_changes_nothing() -> None:
    leads((), opening(), OPENED)
    leads((OPENED,), opening())
    leads((OPENED, ENTERED), opening())


@pytest.mark.parametrize(
    "other",
    [
        {"jurisdiction": "ge"},
        {"territory": None},
        {"working_week": "six_days"},
        {"act": DECREE},
        {"entries": WEEK},
    ],
)
def test_another_calendar_of_the_same_name_is_refused(other: dict[str, Any]) -> None:
    refuses((OPENED,), opening(**other), refusals.CalendarAlreadyOpened, "slug")


def test_the_first_act_says_the_days_of_rest_and_how_terms_are_counted() -> None:
    without_rest = OPENED.entries.model_copy(update={"rest_days": None})
    without_rules = OPENED.entries.model_copy(update={"counting": None})

    refuses((), opening(entries=without_rest), refusals.CalendarIncomplete, "entries.restDays")
    refuses((), opening(entries=without_rules), refusals.CalendarIncomplete, "entries.counting")


def test_an_act_is_numbered_as_the_next_and_the_same_act_again_changes_nothing() -> None:
    leads((OPENED,), entering(), ENTERED)
    leads((OPENED, ENTERED), entering())


def test_an_act_that_was_entered_before_another_one_can_be_entered_again_and_goes_before_it() -> None:
    other = ENTERED.model_copy(update={"number": 3, "act": CODE})

    leads((OPENED, ENTERED, other), entering(), ENTERED.model_copy(update={"number": 4}))


def test_the_same_act_with_other_entries_is_another_entry() -> None:
    entries = named("working", "2026-11-28")

    leads((OPENED, ENTERED), entering(entries), ActEntered(slug="az", number=3, act=DECREE, entries=entries))


def test_an_act_needs_a_calendar() -> None:
    refuses((), entering(), refusals.CalendarUnknown)


def test_an_act_enters_something() -> None:
    refuses((OPENED,), entering(Entries(from_day=date(2026, 1, 1))), refusals.ActEntersNothing, "entries")
    leads((OPENED,), entering(Entries(rest_days=(), from_day=date(2026, 1, 1)), CODE), second(rest_days=()))


def second(**parts: Any) -> ActEntered:
    return ActEntered(slug="az", number=2, act=CODE, entries=Entries(from_day=date(2026, 1, 1), **parts))


def test_an_act_names_a_day_once() -> None:
    twice = named("off", "2026-11-27", "2026-11-26", "2026-11-27")

    refuses((OPENED,), entering(twice), refusals.DayNamedTwice, "entries.days.2.day")


def test_some_day_of_the_week_is_worked() -> None:
    no_day = OPENED.entries.model_copy(update={"rest_days": (1, 2, 3, 4, 5, 6, 7)})
    leads((), opening(entries=six_of_rest()), OPENED.model_copy(update={"entries": six_of_rest()}))
    refuses((), opening(entries=no_day), refusals.NoWorkingDayLeft, "entries.restDays")
    refuses(
        (OPENED,),
        entering(Entries(rest_days=no_day.rest_days, from_day=date(2027, 1, 1))),
        refusals.NoWorkingDayLeft,
        "entries.restDays",
    )


def six_of_rest() -> Entries:
    return OPENED.entries.model_copy(update={"rest_days": (1, 2, 3, 5, 6, 7)})


def every_day_of_the_year(*, carried_over: bool) -> list[YearlyDay]:
    first = date(2000, 1, 1)
    days = [first + timedelta(days=number) for number in range(366)]
    return [holiday(day.month, day.day, carried_over=carried_over) for day in days]


@pytest.mark.parametrize("carried_over", [True, False])
def test_acts_cannot_make_every_day_of_every_year_a_holiday(*, carried_over: bool) -> None:
    days = every_day_of_the_year(carried_over=carried_over)
    parts = [yearly(*days[start : start + 100]) for start in range(0, 366, 100)]
    state = calendar(WEEK, *(parts[:2] if carried_over else parts[:3]))

    refuses_to_enter(state, parts[2 if carried_over else 3], "entries.everyYear")


def test_holidays_and_days_of_rest_together_leave_days_to_work() -> None:
    days = every_day_of_the_year(carried_over=True)
    state = calendar(WEEK, yearly(*days[:100], from_day=date(2040, 1, 1)))

    refuses_to_enter(state, Entries(rest_days=(1, 2, 3, 5, 6, 7), from_day=date(2030, 1, 1)), "entries.restDays")


def refuses_to_enter(state: CalendarState, entries: Entries, field: str) -> None:
    with pytest.raises(refusals.NoWorkingDayLeft) as caught:
        decide(entering(entries), state)
    assert caught.value.field == field


def test_what_an_act_enters_does_not_end_before_it_begins() -> None:
    one_day = yearly(NEW_YEAR, from_day=date(2027, 1, 1), to_day=date(2027, 1, 1))
    none = one_day.model_copy(update={"to_day": date(2026, 12, 31)})

    leads((OPENED,), entering(one_day), ActEntered(slug="az", number=2, act=DECREE, entries=one_day))
    refuses((OPENED,), entering(none), refusals.EntryEndsBeforeItBegins, "entries.toDay")


def test_an_act_ends_only_acts_that_are_there_before_it() -> None:
    itself = Entries(ends=(1, 2), from_day=date(2027, 1, 1))
    with_end = OPENED.entries.model_copy(update={"ends": (1,)})

    refuses((OPENED,), entering(itself), refusals.ActNotOfThisCalendar, "entries.ends.1")
    refuses((), opening(entries=with_end), refusals.ActNotOfThisCalendar, "entries.ends.0")


def test_the_words_of_an_act_can_be_stored() -> None:
    act = LegalAct.model_construct(title={"en": "\ud800"}, number="1", published_on=date(2026, 1, 1))

    with pytest.raises(TextCanBeStored):
        decide(entering(act=act), after(OPENED))


def test_an_event_of_another_kind_means_nothing_to_a_calendar() -> None:
    with pytest.raises(UnknownEventError):
        after(ENTERED)
    with pytest.raises(UnknownEventError):
        after(OPENED, OPENED)
    with pytest.raises(UnknownEventError):
        after(OPENED, CaseWithdrawn(local_date=date(2026, 1, 1), reason=None))


def test_each_refusal_of_a_calendar_is_proved_here() -> None:
    kinds = {name for name, kind in vars(refusals).items() if isinstance(kind, type) and issubclass(kind, Refusal)}
    with open(__file__, encoding="utf-8") as here:  # noqa: PTH123 - this file, whatever its path
        text = here.read()
    assert [name for name in kinds - {Refusal.__name__, InvalidInput.__name__} if f"refusals.{name}" not in text] == []


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_a_holiday_of_every_year_is_on_a_date_that_some_year_has(month: int, day: int) -> None:
    with pytest.raises(ValueError, match=r"month|day|no year has this date"):
        holiday(month, day)


def test_an_act_names_at_most_400_days() -> None:
    days = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(401))

    assert len(named("off", *(day.isoformat() for day in days[:400])).days) == 400
    with pytest.raises(ValueError, match="400"):
        named("off", *(day.isoformat() for day in days))


# Which days are worked.


def test_a_swap_makes_a_day_of_rest_a_working_day_for_another() -> None:
    swap = Entries(
        days=(*named("working", "2024-11-16").days, *named("off", "2024-11-12").days), from_day=date(2024, 11, 12)
    )
    working = calendar(WEEK, swap).known_at(2)

    assert working.is_working(date(2024, 11, 16))
    assert not working.is_working(date(2024, 11, 12))
    assert working.is_rest_day(date(2024, 11, 16))
    assert [working.because_of(date(2024, 11, day)) for day in (12, 13, 16, 17)] == [2, None, 2, None]


def test_of_two_acts_that_name_a_day_the_one_known_later_goes_before() -> None:
    state = calendar(WEEK, named("off", "2026-06-26"), named("working", "2026-06-26"))

    assert off(state, "2026-06-26", "2026-06-26", version=2) == ["2026-06-26"]
    assert off(state, "2026-06-26", "2026-06-26") == []
    assert state.known_at(3).because_of(date(2026, 6, 26)) == 3


def test_usual_takes_back_what_acts_before_it_have_said_of_a_day() -> None:
    back = named("usual", "2026-06-26", "2026-06-27", "2026-01-01")
    state = calendar(WEEK, yearly(NEW_YEAR), named("off", "2026-06-26"), named("working", "2026-06-27"), back)
    known = state.known_at(5)

    assert known.is_working(date(2026, 6, 26))
    assert not known.is_working(date(2026, 6, 27))
    assert not known.is_working(date(2026, 1, 1)), "a holiday of every year is what is usual"
    assert known.because_of(date(2026, 6, 26)) is None


def test_an_act_that_is_known_after_its_day_changes_what_is_known_and_not_what_was() -> None:
    state = calendar(WEEK, named("off", "2019-12-23", why="voting"))

    assert off(state, "2019-12-23", "2019-12-23", version=1) == []
    assert off(state, "2019-12-23", "2019-12-23", version=2) == ["2019-12-23"]


@pytest.mark.parametrize("version", [0, -1, 3])
def test_nobody_is_told_of_a_version_that_a_calendar_never_had(version: int) -> None:
    with pytest.raises(LookupError):
        calendar(WEEK, yearly(NEW_YEAR)).known_at(version)


def test_holidays_of_every_year_end_when_an_act_ends_them_or_with_the_day_that_they_name() -> None:
    ended = Entries(ends=(2,), every_year=(holiday(1, 7),), from_day=date(2027, 1, 1))
    state = calendar(WEEK, yearly(holiday(1, 6), to_day=date(2029, 12, 31)), ended)

    assert off(state, "2026-01-01", "2026-01-09") == ["2026-01-06"]
    assert off(state, "2027-01-01", "2027-01-09") == ["2027-01-07"]
    assert off(state, "2026-01-01", "2030-01-09", version=2) == ["2026-01-06", "2027-01-06", "2028-01-06"]


def test_an_act_that_ends_another_leaves_the_days_that_it_has_named() -> None:
    both = named("off", "2027-03-04").model_copy(update={"every_year": (holiday(3, 5),)})
    state = calendar(WEEK, both, Entries(ends=(2,), from_day=date(2026, 1, 1)))

    assert off(state, "2027-03-01", "2027-03-05") == ["2027-03-04"]


def test_a_holiday_on_a_day_of_rest_is_carried_over_and_one_that_is_not_so_named_is_lost() -> None:
    state = calendar(WEEK, yearly(holiday(5, 9, carried_over=True), holiday(1, 20)))

    assert off(state, "2026-05-04", "2026-05-15") == ["2026-05-11"], "9 May 2026 is a Saturday"
    assert off(state, "2024-01-15", "2024-01-26") == [], "20 January 2024 is a Saturday"
    assert state.known_at(2).because_of(date(2026, 5, 11)) == 2


def test_a_holiday_is_carried_over_the_end_of_a_year() -> None:
    state = calendar(WEEK, yearly(holiday(12, 31, carried_over=True), NEW_YEAR))

    assert off(state, "2022-12-26", "2023-01-06") == ["2023-01-02", "2023-01-03"], "a Saturday and a Sunday"


def test_a_holiday_of_the_last_year_of_a_list_is_carried_into_the_next_year() -> None:
    state = calendar(WEEK, yearly(holiday(12, 31, carried_over=True), to_day=date(2022, 12, 31)))

    assert off(state, "2022-12-26", "2023-12-31") == ["2023-01-02"]


def test_holidays_are_carried_over_past_other_holidays() -> None:
    novruz = [holiday(3, day, carried_over=True) for day in range(20, 25)]
    state = calendar(WEEK, yearly(*novruz))

    assert off(state, "2021-03-15", "2021-04-02") == [
        *(f"2021-03-{day}" for day in (22, 23, 24)),
        *(f"2021-03-{day}" for day in (25, 26)),
    ]


def test_a_holiday_is_carried_over_past_a_feast_that_an_act_names() -> None:
    feast = named("off", "2024-06-17", why="holiday")
    state = calendar(WEEK, yearly(holiday(6, 15, carried_over=True)), feast)

    assert off(state, "2024-06-10", "2024-06-21") == ["2024-06-17", "2024-06-18"]
    assert off(state, "2024-06-10", "2024-06-21", version=2) == ["2024-06-17"]


def test_a_swap_may_make_the_day_worked_to_which_a_holiday_was_carried_over() -> None:
    state = calendar(WEEK, yearly(holiday(3, 8, carried_over=True)), named("working", "2025-03-10"))

    assert off(state, "2025-03-03", "2025-03-14", version=2) == ["2025-03-10"]
    assert off(state, "2025-03-03", "2025-03-14") == []


def test_29_february_is_a_holiday_of_leap_years() -> None:
    state = calendar(WEEK, yearly(holiday(2, 29, carried_over=True)))

    assert off(state, "2023-02-20", "2024-03-08") == ["2024-02-29"]
    assert off(state, "2032-02-23", "2032-03-05") == ["2032-03-01"], "29 February 2032 is a Sunday"


def test_a_six_day_week_works_on_saturdays_and_has_days_off_of_its_own() -> None:
    six = WEEK.model_copy(update={"rest_days": (7,)})
    state = calendar(six, yearly(holiday(5, 9, carried_over=True), holiday(5, 10, carried_over=True)))
    working = state.known_at(2)

    assert working.is_working(date(2026, 5, 16))
    assert not working.is_working(date(2026, 5, 9)), "a Saturday: it is off, and needs no other day"
    assert off(state, "2026-05-04", "2026-05-15") == ["2026-05-11"], "for the Sunday only"


def test_a_voting_day_is_off_in_the_territory_of_the_election_only() -> None:
    voting = named("off", "2019-12-23", why="voting")
    town, elsewhere = calendar(WEEK, voting), calendar(WEEK)

    assert off(town, "2019-12-16", "2019-12-27") == ["2019-12-23"]
    assert off(elsewhere, "2019-12-16", "2019-12-27") == []


def test_the_week_changes_from_the_day_that_an_act_says() -> None:
    state = calendar(WEEK, Entries(rest_days=(5, 6), from_day=date(2027, 1, 1)))
    working = state.known_at(2)

    assert working.is_working(date(2026, 12, 25))
    assert not working.is_working(date(2027, 1, 1))
    assert working.is_working(date(2027, 1, 3)), "a Sunday"
    assert state.known_at(1).is_working(date(2027, 1, 1))


def test_before_the_first_day_of_the_first_act_the_week_is_as_that_act_says() -> None:
    assert not calendar(WEEK).known_at(1).is_working(date(1900, 1, 6)), "a Saturday, a century before the act"


def test_the_first_and_the_last_of_all_days_have_an_answer() -> None:
    state = calendar(WEEK, yearly(holiday(12, 31, carried_over=True), holiday(1, 1, carried_over=True)))
    working = state.known_at(2)

    assert not working.is_working(date.max)
    assert not working.is_working(date(1, 1, 6)), "the first Saturday"
    friday_too = Entries(rest_days=(5, 6, 7), from_day=date(9999, 1, 1))
    assert (
        calendar(WEEK, yearly(holiday(12, 31, carried_over=True)), friday_too)
        .known_at(3)
        .is_working(date(9999, 12, 30))
    )


def test_a_term_ends_after_ten_years_of_days_off() -> None:
    first, acts = date(2027, 1, 1), []
    days = [first + timedelta(days=number) for number in range(3_652)]
    for start in range(0, len(days), 400):
        part = days[start : start + 400]
        acts.append(named("off", *(day.isoformat() for day in part), why="emergency"))
    state = calendar(WEEK, *acts)

    ends = last_day_after(date(2026, 12, 31), Term(days=1, kind="working"), KnownCalendar(state, state.version))

    assert ends == date(2036, 12, 31), "a Wednesday"
