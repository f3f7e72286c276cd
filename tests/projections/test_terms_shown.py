"""What the views say of the terms of cases, and of the clock's words, is what the domain's states have."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.state import MONDAY_TO_FRIDAY, CalendarState, KnownCalendar, evolve
from domain.case.clock_events import CaseLapsed, GrantedBySilence, TermCounted
from domain.case.events import CaseDecided, CaseReopened, CaseSubmitted
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.case.state import evolve as evolve_case
from domain.clock.reckoning import last_day_of
from domain.service.definition import ServiceDefinition
from domain.service.events import ServiceDrafted
from projections.views import Views
from tests.projections.lived import KnownCase, Lived


class Shown(NamedTuple):
    """What the clock's own view has of a case."""

    last_day: date | None
    calendar: str | None
    decided_on: date | None
    marked_overdue_on: date | None
    warned_of: date | None
    escalations: int
    publish_by: date | None


_DECISIONS = (CaseDecided, GrantedBySilence)
_DAYS = ("last_day", "decided_on", "marked_overdue_on", "warned_of", "publish_by")


def _day(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number)


def shown(lived: Lived) -> dict[UUID, Shown]:
    """Return the rows of the open cases, with days as dates."""
    found: dict[UUID, Shown] = {}
    with psycopg.connect(lived.where.reader, row_factory=dict_row) as connection:
        for row in connection.execute("SELECT * FROM deadlines.cases WHERE ended_at IS NULL"):
            days = {name: _day(row[name]) for name in _DAYS}
            found[row["case_id"]] = Shown(calendar=row["calendar"] or None, escalations=row["escalations"], **days)
    return found


def known(case: KnownCase) -> Shown:
    """Return the same from the state of the case."""
    state, clock = case.state, case.state.clock
    decided, grant = case.last(*_DECISIONS), clock.silent_grant
    decided_on = decided.event.local_date if decided and isinstance(decided.event, _DECISIONS) else None
    awaited = grant is not None and not grant.published and not grant.noted_missing
    return Shown(
        state.last_day,
        clock.calendar,
        decided_on if state.stage is Stage.DECIDED else None,
        state.marked_overdue_on,
        clock.warned_of,
        clock.escalations,
        grant.publish_by if grant is not None and awaited else None,
    )


def test_the_clock_is_shown_what_the_states_of_open_cases_have(lived: Lived) -> None:
    expected = {case.case_id: known(case) for case in lived.cases if case.is_open}

    assert shown(lived) == expected
    for name in Shown._fields:
        assert len({getattr(one, name) for one in expected.values()}) > 1, f"{name} is left untried"


def test_a_question_that_is_open_is_shown_to_the_clock_with_its_day(lived: Lived) -> None:
    """That of another case may still be there, since the clock asks the case itself."""
    with psycopg.connect(lived.where.reader) as connection:
        rows: dict[UUID, Any] = dict(connection.execute("SELECT case_id, asked_on FROM deadlines.cases").fetchall())
    waiting = [case for case in lived.cases if case.state.stage is Stage.AWAITING_APPLICANT]
    asked = {case.case_id: case.state.clock.asked_on for case in waiting if case.state.evidence.is_settled}

    assert {case_id: _day(rows[case_id]) for case_id in asked} == asked
    assert asked


def test_the_status_and_the_worklist_show_the_last_day_that_was_counted_last(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        for case in lived.cases:
            status = await views.case_status.status(case.case_id)
            assert status is not None
            assert status.last_day == case.last_day == case.state.last_day

    lived.reads(scenario)
    moved = [case for case in lived.cases if case.last(TermCounted)]
    assert any(case.last_day is None for case in moved), "some are suspended"
    assert any(case.last_day is not None for case in moved)


def _definitions(lived: Lived) -> dict[tuple[str, int], ServiceDefinition]:
    drafted = [told.event for told in lived.told if isinstance(told.event, ServiceDrafted)]
    return {(each.definition.slug, each.version): each.definition for each in drafted}


def _calendars(lived: Lived) -> dict[str, CalendarState]:
    states: dict[str, CalendarState] = {}
    for told in lived.told:
        if isinstance(told.event, CalendarOpened | ActEntered):
            states[told.event.slug] = evolve(states.get(told.event.slug), told.event)
    return states


def _counted_anew(lived: Lived) -> Iterator[tuple[date | None, date | None]]:
    """Yield each last day that was counted, with what the one function says of the case as it was then."""
    definitions, calendars = _definitions(lived), _calendars(lived)
    for case in lived.cases:
        term = definitions[case.state.service, case.state.service_version].term
        state: CaseState | None = None
        for event in (told.event for told in case.told):
            if isinstance(event, TermCounted):
                assert state is not None
                calendar = MONDAY_TO_FRIDAY
                if event.calendar is not None:
                    calendar = KnownCalendar(calendars[event.calendar], event.calendar_version)
                yield event.last_day, last_day_of(state.clock.clock, term, calendar)
            state = evolve_case(state, event)


def test_every_last_day_that_was_counted_is_what_the_one_function_says(lived: Lived) -> None:
    found = list(_counted_anew(lived))

    assert [counted for counted, _ in found] == [day for _, day in found]
    assert len(found) > 20


def test_all_that_can_become_of_a_term_has_been_lived(lived: Lived) -> None:
    kinds = {type(told.event) for case in lived.cases for told in case.told}
    reopened = [told.event for case in lived.cases for told in case.told if isinstance(told.event, CaseReopened)]
    pinned = {
        told.event.calendar for case in lived.cases for told in case.told if isinstance(told.event, CaseSubmitted)
    }

    assert {CaseLapsed, GrantedBySilence} <= kinds
    assert {each.clock for each in reopened} == {"goes_on", "begins_anew"}
    assert len(pinned) > 1, "cases are counted by calendars, and without one"
