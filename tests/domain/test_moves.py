"""A case that too few can take goes to the desk of another agency, once, and both agencies hear of it."""

from dataclasses import replace

import pytest

from domain.agency.events import DeskOfAgency
from domain.case.assignment_commands import LeaveCaseWaiting, MoveCase
from domain.case.commands import AssignCase
from domain.case.events import CaseAssigned
from domain.case.refusals import (
    CaseAlreadyClosed,
    CaseAlreadyMoved,
    CaseAssignedAlready,
    CaseAtAnotherDesk,
    EnoughCanTakeTheCase,
    MovedWithinItsAgency,
    NotTheDraw,
)
from domain.envelope import DRAW, Actor
from domain.stream_kinds import CASE
from tests.domain.assignment_examples import LEFT_WAITING, MOVED, RELEASED
from tests.domain.given_when_then import fold, given
from tests.domain.town import AGENCY, APPLICANT, ASSIGNED, AT, CLOSED, COLLEAGUE, DECIDED, OFFICIAL, SUBMITTED, WINDOW

HELP = DeskOfAgency(agency="county", desk="help")
MOVE = MoveCase(AT, DRAW, HELP, "too_few", 1, 1, 2, 9)


def test_a_case_that_too_few_can_take_goes_to_the_desk_that_stands_in() -> None:
    given(SUBMITTED).when(MOVE).then(MOVED)
    given(SUBMITTED, LEFT_WAITING).when(MOVE).then(MOVED)
    given(SUBMITTED, ASSIGNED, RELEASED).when(MOVE).then(MOVED)


def test_a_moved_case_is_at_the_other_desk_and_waits_no_more_for_its_own() -> None:
    case = fold((SUBMITTED, LEFT_WAITING, MOVED))

    assert case is not None
    assert (case.agency, case.desk, case.left_waiting) == ("county", "help", False)
    assert (case.moved_from, case.owner) == (DeskOfAgency(agency="town", desk="front"), "town")
    assert (case.time_zone, case.last_day) == (SUBMITTED.time_zone, SUBMITTED.last_day)


def test_both_agencies_hear_of_a_moved_case() -> None:
    before, after = fold((SUBMITTED,)), fold((SUBMITTED, MOVED))

    assert before is not None
    assert after is not None
    assert CASE.concerned(before, SUBMITTED) == ("town",)
    assert CASE.concerned(after, MOVED) == ("county", "town")


def test_a_case_is_moved_once() -> None:
    back = replace(MOVE, to=DeskOfAgency(agency="town", desk="front"))
    given(SUBMITTED, MOVED).when(back).then(CaseAlreadyMoved)


def test_a_case_is_moved_to_another_agency() -> None:
    inside = replace(MOVE, to=DeskOfAgency(agency="town", desk="back"))
    given(SUBMITTED).when(inside).then(MovedWithinItsAgency, "agency")


def test_a_case_that_somebody_has_or_that_has_ended_is_not_moved() -> None:
    given(SUBMITTED, ASSIGNED).when(MOVE).then(CaseAssignedAlready)
    given(SUBMITTED, ASSIGNED, DECIDED, CLOSED).when(MOVE).then(CaseAlreadyClosed)


@pytest.mark.parametrize(("able", "at_limit"), [(3, 0), (2, 1), (0, 3), (1, 40)])
def test_a_desk_whose_officials_are_only_busy_keeps_its_cases(able: int, at_limit: int) -> None:
    busy = replace(MOVE, able=able, at_limit=at_limit, unable=5)
    given(SUBMITTED).when(busy).then(EnoughCanTakeTheCase)


@pytest.mark.parametrize("by", [OFFICIAL, APPLICANT, AGENCY, WINDOW])
def test_nobody_but_the_draw_moves_a_case(by: Actor) -> None:
    given(SUBMITTED).when(replace(MOVE, actor=by)).then(NotTheDraw)


def test_a_draw_at_the_desk_that_has_lost_the_case_gives_it_to_nobody() -> None:
    at_help = AssignCase(AT, WINDOW, "help", COLLEAGUE.pseudonym, "draw", draw=1)
    drawn = CaseAssigned(desk="help", official=COLLEAGUE.pseudonym, rule="draw", draw=1)
    given(SUBMITTED, MOVED).when(at_help).then(drawn)
    given(SUBMITTED, MOVED).when(replace(at_help, desk="front")).then(CaseAtAnotherDesk, "desk")


def test_a_case_that_nobody_can_take_there_either_waits_and_says_so() -> None:
    waits = LeaveCaseWaiting(AT, DRAW, "too_few")
    given(SUBMITTED, LEFT_WAITING, MOVED).when(waits).then(LEFT_WAITING)
