"""How terms are counted on a calendar: by the jurisdiction's rules, over pauses, and at the limits of all days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar.counting import IsWorking, Pause, end_of_terms, monday_to_friday
from domain.calendar.events import ActEntered
from domain.calendar.state import CalendarState, KnownCalendar, evolve
from domain.calendar.values import AtItsEnd, CountingRules, Entries, NamedDay
from domain.case.deadlines import last_day as without_a_calendar
from domain.clock.case_clock import CaseClock, Extension, Restart
from domain.clock.causes import Moved, NotShortened
from domain.clock.reckoning import last_day_after, last_day_of, reckon
from domain.values import Term
from tests.domain.clock_examples import DECREE, OPENED

Kind = Literal["working", "calendar"]
PLAIN = CountingRules()
SHIFTED = CountingRules(last_day_off="next_working_day")
REGULATION = CountingRules(last_day_off="next_working_day", least_working_days=2)  # 1182/71, article 3
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 11, day) for day in range(23, 30))
NEXT_WEEK = timedelta(days=7)
LONGEST = 36_525
kinds: st.SearchStrategy[Kind] = st.sampled_from(["working", "calendar"])


def days(number: int, kind: Kind = "working") -> Term:
    return Term(days=number, kind=kind)


def ends(began: date, term: Term | Sequence[Term], rules: CountingRules = PLAIN, *pauses: Pause) -> date:
    terms = [term] if isinstance(term, Term) else term
    return end_of_terms(began, terms, rules, monday_to_friday, pauses).last_day


def calendar(rules: CountingRules, *acts: Sequence[NamedDay]) -> CalendarState:
    entries = Entries(rest_days=(6, 7), counting=rules, from_day=date(2000, 1, 1))
    state = evolve(None, OPENED.model_copy(update={"entries": entries}))
    for number, named in enumerate(acts, 2):
        entries = Entries(days=tuple(named), from_day=named[0].day)
        state = evolve(state, ActEntered(slug="az", number=number, act=DECREE, entries=entries))
    return state


def worked(day: date) -> NamedDay:
    return NamedDay(day=day, effect="working", why="swap")


def day_off(day: date) -> NamedDay:
    return NamedDay(day=day, effect="off", why="swap")


def known(state: CalendarState, version: int | None = None) -> KnownCalendar:
    return KnownCalendar(state, version or state.version)


@pytest.mark.parametrize(
    ("began", "term", "excluded", "included"),
    [
        (MONDAY, days(1), TUESDAY, MONDAY),
        (MONDAY, days(5), MONDAY + NEXT_WEEK, FRIDAY),
        (SATURDAY, days(1), MONDAY + NEXT_WEEK, MONDAY + NEXT_WEEK),
        (MONDAY, days(1, "calendar"), TUESDAY, MONDAY),
        (SATURDAY, days(2, "calendar"), MONDAY + NEXT_WEEK, SUNDAY),
    ],
)
def test_the_day_of_the_event_counts_only_where_the_law_says_so(
    began: date, term: Term, excluded: date, included: date
) -> None:
    assert ends(began, term) == excluded
    assert ends(began, term, CountingRules(first_day_counted=True)) == included


@pytest.mark.parametrize(("last_day_off", "last"), [("stays", SATURDAY), ("next_working_day", MONDAY + NEXT_WEEK)])
def test_a_last_day_that_is_off_stays_or_is_moved_to_the_next_working_day(last_day_off: AtItsEnd, last: date) -> None:
    assert ends(MONDAY, days(5, "calendar"), CountingRules(last_day_off=last_day_off)) == last


def test_where_the_last_day_was_counted_is_told_beside_where_it_is() -> None:
    counted = end_of_terms(MONDAY, [days(5, "calendar")], SHIFTED, monday_to_friday)

    assert (counted.counted_to, counted.last_day) == (SATURDAY, MONDAY + NEXT_WEEK)


@pytest.mark.parametrize(
    ("began", "term", "last"),
    [
        (FRIDAY, days(2, "calendar"), TUESDAY + NEXT_WEEK),  # Sunday, so Monday, and that is one working day only
        (THURSDAY, days(2, "calendar"), MONDAY + NEXT_WEEK),  # Saturday, so Monday: with Friday it has two
        (FRIDAY, days(1, "calendar"), MONDAY + NEXT_WEEK),  # a term of one day needs no two working days
        (MONDAY, days(2, "calendar"), WEDNESDAY),
    ],
)
def test_a_term_of_two_days_or_more_has_its_least_of_working_days(began: date, term: Term, last: date) -> None:
    assert ends(began, term, REGULATION) == last


def test_the_least_of_working_days_needs_no_shift_of_a_day_off() -> None:
    assert ends(FRIDAY, days(2, "calendar"), CountingRules(least_working_days=2)) == TUESDAY + NEXT_WEEK


def test_the_first_day_is_one_of_the_least_working_days_only_where_it_counts() -> None:
    counted = REGULATION.model_copy(update={"first_day_counted": True})

    assert ends(FRIDAY, days(3, "calendar"), counted) == MONDAY + NEXT_WEEK
    assert ends(FRIDAY, days(2, "calendar"), counted) == MONDAY + NEXT_WEEK


def test_terms_that_follow_each_other_are_counted_from_where_the_one_before_was_counted_to() -> None:
    both = [days(5, "calendar"), days(2)]

    assert ends(MONDAY, both, SHIFTED) == TUESDAY + NEXT_WEEK
    assert ends(MONDAY, [days(5, "calendar"), days(1, "calendar")], SHIFTED) == MONDAY + NEXT_WEEK


def test_days_on_which_the_term_does_not_run_do_not_count() -> None:
    assert ends(MONDAY, days(3), PLAIN, Pause(MONDAY, WEDNESDAY)) == MONDAY + NEXT_WEEK
    assert ends(MONDAY, days(3, "calendar"), PLAIN, Pause(TUESDAY, THURSDAY)) == SATURDAY
    assert ends(MONDAY, days(3), PLAIN, Pause(TUESDAY, TUESDAY)) == THURSDAY, "asked and answered on one day"
    assert ends(MONDAY, days(3), PLAIN, Pause(FRIDAY, SUNDAY)) == THURSDAY, "the term was over by then"


def test_a_term_is_not_moved_to_a_day_on_which_it_does_not_run() -> None:
    asked_on_a_saturday = Pause(SATURDAY, WEDNESDAY + NEXT_WEEK)

    assert ends(MONDAY, days(5, "calendar"), SHIFTED, asked_on_a_saturday) == THURSDAY + NEXT_WEEK


def test_a_day_on_which_a_term_does_not_run_is_none_of_its_least_working_days() -> None:
    # Friday did not run, so that Saturday and Sunday were counted.
    assert ends(THURSDAY, days(2, "calendar"), REGULATION, Pause(THURSDAY, FRIDAY)) == TUESDAY + NEXT_WEEK


def test_months_of_nothing_but_days_off_are_skipped() -> None:
    closed = [day_off(date(2026, 12, 1) + timedelta(days=number)) for number in range(120)]
    state = calendar(SHIFTED, closed)

    assert last_day_after(date(2026, 11, 30), days(1), known(state)) == date(2027, 3, 31)
    assert last_day_after(date(2026, 11, 30), days(30, "calendar"), known(state)) == date(2027, 3, 31)


@pytest.mark.parametrize("kind", ["working", "calendar"])
@pytest.mark.parametrize("began", [date.max, date.max - timedelta(days=1), date(9950, 1, 1)])
@pytest.mark.parametrize("rules", [PLAIN, REGULATION])
def test_no_last_day_is_later_than_the_last_of_all_days(kind: Kind, began: date, rules: CountingRules) -> None:
    for first_day_counted in (False, True):
        counted = rules.model_copy(update={"first_day_counted": first_day_counted})
        assert ends(began, days(LONGEST, kind), counted) == date.max


def test_the_last_of_all_days_is_a_last_day_like_others() -> None:
    assert ends(date.max - timedelta(days=1), days(1)) == date.max, "a Friday"
    assert ends(date.max, days(1), CountingRules(first_day_counted=True)) == date.max
    assert ends(date.max - timedelta(days=2), days(2), REGULATION) == date.max
    assert ends(date.max, days(1)) == date.max, "there is no later one"


def test_the_first_of_all_days_is_a_first_day_like_others() -> None:
    assert ends(date.min, days(1)) == date(1, 1, 2)
    assert ends(date.min, days(2), CountingRules(first_day_counted=True)) > date.min
    assert ends(date.min, days(2), CountingRules(first_day_counted=True)) < date(1, 1, 4)


def test_the_reckoning_at_the_last_of_all_days_has_its_causes() -> None:
    state = calendar(REGULATION, [day_off(date(9999, 12, 30))])

    reckoned = reckon(CaseClock(date(9999, 12, 29)), days(LONGEST), known(state))

    assert reckoned.last_day == date.max
    assert reckoned.causes


def test_a_term_of_a_hundred_years_of_working_days_ends() -> None:
    assert ends(date(2026, 1, 1), days(LONGEST)) == date(2166, 1, 2)
    assert ends(date(2026, 1, 1), days(LONGEST, "calendar")) == date(2126, 1, 2)


def test_many_pauses_in_a_long_term_all_count() -> None:
    pauses = [
        Pause(date(2027, 1, 1) + timedelta(days=10 * each), date(2027, 1, 2) + timedelta(days=10 * each))
        for each in range(100)
    ]

    last = ends(date(2026, 12, 31), days(1_000, "calendar"), PLAIN, *pauses)

    assert last == date(2026, 12, 31) + timedelta(days=1_000 + 100)


@given(st.dates(), st.integers(1, 400), kinds)
def test_without_rules_of_a_jurisdiction_a_term_is_counted_as_before_there_were_calendars(
    began: date, number: int, kind: Kind
) -> None:
    assert ends(began, days(number, kind)) == without_a_calendar(began, days(number, kind))
    assert last_day_after(began, days(number, kind), KnownCalendar()) == without_a_calendar(began, days(number, kind))


all_rules = st.builds(
    CountingRules,
    first_day_counted=st.booleans(),
    last_day_off=st.sampled_from(["stays", "next_working_day"]),
    least_working_days=st.integers(0, 30),
)
pauses_of = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 20)), max_size=4)


def by_hand(began: date, number: int, rules: CountingRules, runs: IsWorking, worked: IsWorking, kind: Kind) -> date:
    """Return the last day by going from day to day and asking the law of each."""
    day = began if rules.first_day_counted else began + timedelta(days=1)
    counted = of_work = 0
    while True:
        of_work += runs(day) and worked(day)
        counted += runs(day) and (kind == "calendar" or worked(day))
        is_short = number >= 2 and of_work < rules.least_working_days
        if counted >= number and runs(day):
            may_end = worked(day) or (rules.last_day_off == "stays" and not is_short)
            if may_end and not is_short:
                return day
        day += timedelta(days=1)


@settings(max_examples=300)
@given(
    st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(1, 40), kinds, all_rules, pauses_of,
    st.sets(st.integers(0, 120), max_size=40),
)  # fmt: skip
def test_a_plain_walk_from_day_to_day_ends_on_the_same_day(
    began: date, number: int, kind: Kind, rules: CountingRules, spans: list[tuple[int, int]], offs: set[int]
) -> None:
    pauses = [Pause(began + timedelta(days=since), began + timedelta(days=since + long)) for since, long in spans]
    paused = {
        pause.since + timedelta(days=1 + n)
        for pause in pauses
        if pause.until is not None
        for n in range((pause.until - pause.since).days)
    }
    off = {began + timedelta(days=n) for n in offs}

    def is_working(day: date) -> bool:
        return monday_to_friday(day) and day not in off

    found = end_of_terms(began, [days(number, kind)], rules, is_working, pauses).last_day

    assert found == by_hand(began, number, rules, lambda day: day not in paused, is_working, kind)


def test_an_act_may_shorten_a_running_term_only_where_the_law_lets_it() -> None:
    for shortening, last in (("allowed", SATURDAY), ("never", MONDAY + NEXT_WEEK)):
        state = calendar(CountingRules(shortening=shortening), [worked(SATURDAY)])
        clock = CaseClock(MONDAY, known=1)
        assert last_day_of(clock, days(5), known(state, 1)) == MONDAY + NEXT_WEEK
        assert last_day_of(clock, days(5), known(state)) == last


def test_a_term_that_begins_after_an_act_is_counted_by_it_where_no_act_may_shorten() -> None:
    state = calendar(CountingRules(shortening="never"), [worked(SATURDAY)])

    assert last_day_of(CaseClock(MONDAY, known=2), days(5), known(state)) == SATURDAY


def test_where_no_act_may_shorten_the_latest_day_of_all_acts_since_the_beginning_counts() -> None:
    rules = CountingRules(shortening="never")
    state = calendar(rules, [day_off(TUESDAY)], [NamedDay(day=TUESDAY, effect="usual", why="swap")], [worked(SATURDAY)])
    clock = CaseClock(MONDAY, known=1)
    reckoned = reckon(clock, days(5), known(state))

    assert [last_day_of(clock, days(5), known(state, version)) for version in (1, 2, 3, 4)] == [
        MONDAY + NEXT_WEEK,
        TUESDAY + NEXT_WEEK,
        TUESDAY + NEXT_WEEK,
        TUESDAY + NEXT_WEEK,
    ]
    assert reckoned.last_day == TUESDAY + NEXT_WEEK
    assert [cause for cause in reckoned.causes if isinstance(cause, Moved | NotShortened)] == [
        Moved(DECREE, MONDAY + NEXT_WEEK, TUESDAY + NEXT_WEEK),
        NotShortened(DECREE, TUESDAY + NEXT_WEEK),
        NotShortened(DECREE, TUESDAY + NEXT_WEEK),
    ]


def test_rules_that_a_later_act_sets_hold_for_terms_that_begin_from_its_day() -> None:
    state = calendar(PLAIN)
    entries = Entries(counting=SHIFTED, from_day=TUESDAY)
    state = evolve(state, ActEntered(slug="az", number=2, act=DECREE, entries=entries))

    assert last_day_after(MONDAY, days(5, "calendar"), known(state)) == SATURDAY
    assert last_day_after(TUESDAY, days(4, "calendar"), known(state)) == MONDAY + NEXT_WEEK


def test_a_version_that_the_calendar_never_had_counts_no_term() -> None:
    state = calendar(PLAIN)
    with pytest.raises(LookupError):
        last_day_of(CaseClock(MONDAY), days(5), known(state, 2))


@pytest.mark.parametrize(
    "clock",
    [
        CaseClock(date.max),
        CaseClock(date.max, extension=Extension(date.max, days(LONGEST), "Article 1")),
        CaseClock(date.max, restart=Restart("Order 1", days(LONGEST))),
        CaseClock(MONDAY, date.max, is_stated=True, extension=Extension(MONDAY, days(LONGEST), "Article 1")),
        CaseClock(date.max).suspended(date.max, "applicant", "Article 1").resumed(date.max),
        CaseClock(MONDAY, date.max, is_stated=True).suspended(MONDAY, "applicant", "Article 1").resumed(date.max),
        CaseClock(MONDAY).suspended(MONDAY, "applicant", "Article 1").resumed(date.max),
    ],
)
def test_a_case_at_the_end_of_all_days_has_a_last_day(clock: CaseClock) -> None:
    for counted_by in (KnownCalendar(), known(calendar(REGULATION))):
        assert last_day_of(clock, days(5), counted_by) == date.max
        assert reckon(clock, days(5), counted_by).last_day == date.max


@pytest.mark.parametrize("least", [-1, 31])
def test_the_least_number_of_working_days_is_at_most_thirty(least: int) -> None:
    with pytest.raises(ValueError, match="least"):
        CountingRules(least_working_days=least)
