"""A case is taken from an official for a reason only, and waits in sight where nobody can be drawn."""

import pytest

from domain.case.assignment_commands import LeaveCaseWaiting, ReleaseCase
from domain.case.assignment_events import WhyReleased
from domain.case.commands import AssignCase
from domain.case.events import CaseAssigned
from domain.case.refusals import (
    CaseAlreadyClosed,
    CaseAlreadyLeftWaiting,
    CaseAssignedAlready,
    NotTheAssignedOfficial,
    RecusalAfterLook,
)
from domain.case.state import CaseState, evolve
from domain.envelope import Actor
from domain.event import Event
from tests.domain.assignment_examples import LEFT_WAITING, RELEASED
from tests.domain.given_when_then import given
from tests.domain.town import AGENCY, APPLICANT, ASSIGNED, AT, CLOSED, COLLEAGUE, DECIDED, OFFICIAL, SUBMITTED, WINDOW

HELD = (SUBMITTED, ASSIGNED)


def release(
    why: WhyReleased = "absence", official: Actor = OFFICIAL, by: Actor = WINDOW, *, has_looked: bool = False
) -> ReleaseCase:
    return ReleaseCase(AT, by, official.pseudonym, why, has_looked)


def by_draw(official: Actor, number: int = 7) -> AssignCase:
    return AssignCase(AT, WINDOW, "front", official.pseudonym, "draw", draw=number)


def after(*events: Event) -> CaseState:
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state


@pytest.mark.parametrize("why", ["absence", "departure"])
def test_the_window_takes_the_case_from_whoever_is_away_or_gone(why: WhyReleased) -> None:
    given(*HELD).when(release(why)).then(RELEASED.model_copy(update={"why": why}))


def test_a_case_that_was_taken_from_an_official_has_none_and_says_why() -> None:
    case = after(*HELD, RELEASED)

    assert (case.official, case.released_for, case.assignments, case.stage) == (None, "absence", 1, after(*HELD).stage)
    again = after(*HELD, RELEASED, ASSIGNED)
    assert (again.official, again.released_for, again.assignments) == (OFFICIAL.pseudonym, None, 2)


def test_an_official_recuses_themselves_and_nobody_else() -> None:
    given(*HELD).when(release("recusal", by=OFFICIAL)).then(RELEASED.model_copy(update={"why": "recusal"}))
    for by in (COLLEAGUE, APPLICANT, AGENCY):
        given(*HELD).when(release("recusal", by=by)).then(NotTheAssignedOfficial)


def test_the_window_recuses_whoever_has_become_a_party_whatever_they_have_seen() -> None:
    for has_looked in (False, True):
        recused = RELEASED.model_copy(update={"why": "recusal"})
        given(*HELD).when(release("recusal", has_looked=has_looked)).then(recused)


def test_nobody_recuses_themselves_once_they_have_looked_at_the_case() -> None:
    given(*HELD).when(release("recusal", by=OFFICIAL, has_looked=True)).then(RecusalAfterLook)


def test_only_the_window_says_that_an_official_is_away() -> None:
    for by in (OFFICIAL, COLLEAGUE, APPLICANT, AGENCY):
        given(*HELD).when(release(by=by)).then(NotTheAssignedOfficial)


def test_a_case_is_not_taken_from_who_does_not_have_it() -> None:
    given(*HELD).when(release(official=COLLEAGUE)).then(NotTheAssignedOfficial)
    given(SUBMITTED).when(release()).then(NotTheAssignedOfficial)
    given(*HELD, RELEASED).when(release()).then(NotTheAssignedOfficial)


def test_a_case_that_has_ended_is_taken_from_nobody() -> None:
    given(*HELD, DECIDED, CLOSED).when(release()).then(CaseAlreadyClosed)


def test_a_draw_is_for_a_case_that_nobody_has() -> None:
    given(*HELD).when(by_draw(COLLEAGUE)).then(CaseAssignedAlready)
    drawn = CaseAssigned(desk="front", official=COLLEAGUE.pseudonym, rule="draw", draw=7)
    given(*HELD, RELEASED).when(by_draw(COLLEAGUE)).then(drawn)


def test_that_nobody_can_be_drawn_is_said_once_until_somebody_was() -> None:
    command = LeaveCaseWaiting(AT, WINDOW, "too_few")
    given(SUBMITTED).when(command).then(LEFT_WAITING)
    given(SUBMITTED, LEFT_WAITING).when(command).then(CaseAlreadyLeftWaiting)
    given(SUBMITTED, LEFT_WAITING, ASSIGNED, RELEASED).when(command).then(LEFT_WAITING)
    given(*HELD).when(command).then(CaseAssignedAlready)
