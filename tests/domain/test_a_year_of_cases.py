"""A year of ten thousand cases under three services: what the clock has said adds up, and each case ends in one way."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from domain.case.clock_events import (
    CaseEscalated,
    CaseLapsed,
    CaseNearsItsLastDay,
    GrantedBySilence,
    SilentGrantNotPublished,
    SilentGrantPublished,
    TermCounted,
)
from domain.case.events import ApplicantAsked, CaseAssigned, CaseBecameOverdue, CaseClosed, CaseDecided, CaseSubmitted
from domain.clock.reckoning import last_day_after, last_day_of
from domain.event import Event
from domain.values import Term
from tests.domain.a_year import CLOSED, KNOWN, Case, Year, ends_of
from tests.domain.given_when_then import fold

ONE_DAY = timedelta(days=1)
ALL, SOME, FEW = range(10_000), range(0, 10_000, 23), range(0, 10_000, 97)
BY_THE_CLOCK_IN_ORDER = (
    TermCounted,
    CaseLapsed,
    CaseNearsItsLastDay,
    GrantedBySilence,
    CaseBecameOverdue,
    CaseEscalated,
    SilentGrantNotPublished,
)


@pytest.fixture(scope="module")
def year() -> Year:
    """The whole year."""
    return Year(ALL).passes()


def of(case: Case, kind: type[Event]) -> list[Event]:
    return [event for event in case.events if type(event) is kind]


def count(year: Year, kind: type[Event]) -> int:
    return sum(len(of(case, kind)) for case in year.cases)


def test_every_case_ends_in_exactly_one_way(year: Year) -> None:
    ends = Counter((case.service.slug, *ends_of(case)) for case in year.cases)

    assert sorted(ends) == [
        ("lapse", "decided"),
        ("lapse", "lapsed"),
        ("lapse", "withdrawn"),
        ("overdue", "decided"),
        ("overdue", "withdrawn"),
        ("silence", "decided"),
        ("silence", "granted"),
        ("silence", "withdrawn"),
    ]
    assert sum(ends.values()) == len(ALL)
    assert all(number > 80 for number in ends.values()), "none of the ways is rare"
    assert all(case.state is not None and case.state.has_ended for case in year.cases)


def test_the_counts_of_a_year_add_up(year: Year) -> None:
    decided, granted, lapsed = (count(year, kind) for kind in (CaseDecided, GrantedBySilence, CaseLapsed))
    withdrawn = sum(ends_of(case) == ["withdrawn"] for case in year.cases)

    assert count(year, CaseSubmitted) == count(year, CaseAssigned) == len(ALL)
    assert decided + granted + lapsed + withdrawn == len(ALL)
    assert count(year, CaseClosed) == decided + granted
    assert count(year, SilentGrantPublished) == granted
    assert 0 < count(year, SilentGrantNotPublished) < granted
    assert 0 < count(year, CaseBecameOverdue) < len(ALL) / 2


def test_a_case_is_warned_of_each_last_day_once(year: Year) -> None:
    for case in year.cases:
        days = [getattr(event, "last_day", None) for event in of(case, CaseNearsItsLastDay)]
        assert len(days) == len(set(days))
        assert set(days) <= {getattr(event, "last_day", None) for event in case.events if _counts(event)}
    assert count(year, CaseNearsItsLastDay) > 3_000


def _counts(event: Event) -> bool:
    return isinstance(event, CaseSubmitted | TermCounted)


def test_escalations_are_numbered_without_a_gap_and_follow_what_is_overdue(year: Year) -> None:
    for case in year.cases:
        numbers = [getattr(event, "number", None) for event in of(case, CaseEscalated)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert not numbers or of(case, CaseBecameOverdue)
        assert len(of(case, CaseBecameOverdue)) <= 1
    assert max(len(of(case, CaseEscalated)) for case in year.cases) > 5


def test_what_is_over_is_said_on_the_first_day_after_the_last_day_which_the_law_gives(year: Year) -> None:
    for case in year.cases:
        for place, event in enumerate(case.events):
            if isinstance(event, GrantedBySilence | CaseBecameOverdue):
                before = fold(case.events[:place])
                assert before is not None
                last = last_day_of(before.clock.clock, case.service.term, KNOWN)
                assert last == event.last_day == event.local_date - ONE_DAY
            if isinstance(event, CaseLapsed):
                assert event.local_date == event.answer_by + ONE_DAY
                (asked,) = of(case, ApplicantAsked)
                assert isinstance(asked, ApplicantAsked)
                assert event.answer_by == last_day_after(asked.local_date, Term(days=10, kind="calendar"), KNOWN)


def test_nothing_is_granted_or_overdue_where_somebody_has_decided_in_time(year: Year) -> None:
    for case in year.cases:
        for decided in of(case, CaseDecided):
            assert isinstance(decided, CaseDecided)
            was_late = bool(of(case, CaseBecameOverdue))
            before = fold(case.events[: case.events.index(decided)])
            assert before is not None
            last = last_day_of(before.clock.clock, case.service.term, KNOWN)
            assert last is not None
            assert case.service.slug == "silence" or was_late == (decided.local_date > last)
            assert not of(case, GrantedBySilence)


def test_on_one_day_the_clock_speaks_in_the_order_of_the_law(year: Year) -> None:
    for case in year.cases:
        for day, kinds in _by_the_clock(case.events).items():
            places = [BY_THE_CLOCK_IN_ORDER.index(kind) for kind in kinds]
            assert places == sorted(places), (day, kinds)


def _by_the_clock(events: Sequence[Event]) -> dict[date, list[type[Event]]]:
    said: dict[date, list[type[Event]]] = {}
    for event in events:
        if isinstance(event, BY_THE_CLOCK_IN_ORDER) and not isinstance(event, TermCounted):
            said.setdefault(event.local_date, []).append(type(event))
    return said


def test_the_clock_looks_at_a_case_a_few_times_and_not_on_each_of_its_days(year: Year) -> None:
    assert year.looks < 6 * len(ALL)


def test_looking_at_every_case_on_every_day_would_give_the_same() -> None:
    assert _told(Year(FEW, asks_all=True)) == _told(Year(FEW))


def test_the_same_year_again_gives_the_same_events(year: Year) -> None:
    again = Year(SOME).passes()

    assert {case.id: _without_positions(case) for case in again.cases}.items() <= {
        case.id: _without_positions(case) for case in year.cases
    }.items()


def _told(year: Year) -> list[list[Event]]:
    return [_without_positions(case) for case in year.passes().cases]


def _without_positions(case: Case) -> list[Event]:
    """Return the events; how far the clock had looked in the ledger depends on the other cases in it."""
    return [
        event.model_copy(update={"looked_up_to": 1}) if isinstance(event, GrantedBySilence) else event
        for event in case.events
    ]


def test_a_clock_that_stood_for_forty_days_catches_up_with_all_but_warnings_that_came_too_late(year: Year) -> None:
    caught_up = Year(SOME, stands=CLOSED).passes()
    later, unwarned = 0, 0
    others = {case.id: case for case in year.cases}
    for case in caught_up.cases:
        usual = others[case.id]
        if Counter(map(type, case.events)) != Counter(map(type, usual.events)):
            lost = Counter(map(type, usual.events)) - Counter(map(type, case.events))
            assert set(lost) == {CaseNearsItsLastDay}, lost
            assert _last_day_was_over_meanwhile(usual)
            unwarned += 1
        assert _kinds(case) == _kinds(usual)
        later += _without_positions(case) != _without_positions(usual)
    assert (caught_up.cases[0].plan, CLOSED[1] - CLOSED[0]) == (year.cases[0].plan, timedelta(days=39))
    assert later > unwarned > 0


def _last_day_was_over_meanwhile(case: Case) -> bool:
    days = [getattr(event, "last_day", None) for event in of(case, CaseNearsItsLastDay)]
    return any(day is not None and CLOSED[0] <= day <= CLOSED[1] for day in days)


def _kinds(case: Case) -> list[type[Event]]:
    return [type(event) for event in case.events if not isinstance(event, CaseNearsItsLastDay)]
