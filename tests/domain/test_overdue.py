"""The clock marks an open case overdue once its last day has passed; the event shows how the day was counted."""

from datetime import date, timedelta

import pytest

from domain.case.refusals import CaseAlreadyOverdue, NotTheClock, TermNotOver
from domain.envelope import Actor
from tests.domain.given_when_then import given
from tests.domain.town import (
    AGENCY,
    ASSIGNED,
    CLOSED,
    DECIDED,
    LAST_DAY,
    OFFICIAL,
    OVERDUE,
    REOPENED,
    SUBMITTED,
    WINDOW,
    mark_overdue,
)


def test_the_last_day_still_belongs_to_the_term() -> None:
    given(SUBMITTED).when(mark_overdue(local_date=LAST_DAY)).then(TermNotOver)
    given(SUBMITTED).when(mark_overdue(local_date=LAST_DAY + timedelta(days=1))).then(OVERDUE)


def test_a_case_without_a_term_is_never_overdue() -> None:
    without = SUBMITTED.model_copy(update={"last_day": None, "last_day_is_stated": True})

    given(without).when(mark_overdue(local_date=date(2126, 1, 1))).then(TermNotOver)


@pytest.mark.parametrize("actor", [OFFICIAL, AGENCY, WINDOW])
def test_nobody_but_the_clock_calls_a_case_overdue(actor: Actor) -> None:
    given(SUBMITTED).when(mark_overdue(actor=actor)).then(NotTheClock)


def test_what_the_clock_says_comes_from_the_clock_and_from_nowhere_else() -> None:
    given(SUBMITTED).when(mark_overdue(origin="live")).then(NotTheClock)


def test_the_clock_says_it_once_also_when_the_case_is_opened_again() -> None:
    given(SUBMITTED, OVERDUE).when(mark_overdue()).then(CaseAlreadyOverdue)
    again = (SUBMITTED, ASSIGNED, OVERDUE, DECIDED, CLOSED, REOPENED)
    given(*again).when(mark_overdue()).then(CaseAlreadyOverdue)


def test_a_case_that_is_opened_again_after_its_last_day_is_overdue() -> None:
    given(SUBMITTED, ASSIGNED, DECIDED, CLOSED, REOPENED).when(mark_overdue()).then(OVERDUE)


def test_a_last_day_that_an_imported_file_has_stated_comes_from_no_term() -> None:
    stated = SUBMITTED.model_copy(update={"last_day": LAST_DAY - timedelta(days=2), "last_day_is_stated": True})
    expected = OVERDUE.model_copy(update={"term": None, "last_day": LAST_DAY - timedelta(days=2)})

    given(stated).when(mark_overdue()).then(expected)
