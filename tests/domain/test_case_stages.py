"""Every command in every stage leads to the expected stage, or to a refusal by the expected rule."""

from typing import TypeAlias

import pytest

from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.events import CaseAssigned, CaseClosed, SubjectErased
from domain.case.evidence_events import EvidenceSettled
from domain.case.refusals import (
    CaseAlreadyArchived,
    CaseAlreadyClosed,
    CaseAlreadyDecided,
    CaseAlreadySubmitted,
    CaseAlreadyWithdrawn,
    CaseAwaitsApplicant,
    CaseAwaitsEvidence,
    CaseNotAssigned,
    CaseNotClosed,
    CaseNotDecided,
    CaseNotSubmitted,
    CaseUnderAppeal,
    QuestionNotOpen,
)
from domain.case.stage import Stage
from domain.case.state import evolve
from domain.event import Event
from domain.refusals import Refusal
from tests.domain.evidence_town import ASKED_BY_WINDOW, POPULATION_ASKED, population_ended
from tests.domain.given_when_then import fold, given
from tests.domain.town import (
    ANSWERED,
    APPLICANT,
    ASKED,
    ASSIGNED,
    CHECKED,
    CLOSED,
    DECIDED,
    OFFICIAL,
    OVERDUE,
    REOPENED,
    SUBMITTED,
    TODAY,
    WITHDRAWN,
    answer,
    ask,
    assign,
    close,
    erase,
    mark_overdue,
    record,
    reopen,
    settle,
    submit,
    withdraw,
)

PASTS: dict[Stage, tuple[Event, ...]] = {
    Stage.SUBMITTED: (SUBMITTED,),
    Stage.IN_PROGRESS: (SUBMITTED, ASSIGNED),
    Stage.AWAITING_APPLICANT: (SUBMITTED, ASSIGNED, ASKED),
    Stage.DECIDED: (SUBMITTED, ASSIGNED, DECIDED),
    Stage.CLOSED: (SUBMITTED, ASSIGNED, DECIDED, CLOSED),
    Stage.WITHDRAWN: (SUBMITTED, WITHDRAWN),
    Stage.AWAITING_EVIDENCE: (ASKED_BY_WINDOW, POPULATION_ASKED),
}
COMMANDS: dict[str, Command] = {
    "submit": submit(),
    "assign": assign(),
    "record": record(),
    "ask": ask(),
    "answer": answer(),
    "decide": settle(),
    "close": close(),
    "import: close": close(origin="import"),
    "withdraw": withdraw(),
    "mark overdue": mark_overdue(),
    "reopen": reopen(),
    "erase": erase(),
}
ERASED = SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY)
IMPORTED = CaseClosed(local_date=TODAY, reason="import")
UNANSWERED = (ERASED, population_ended("Failed"), EvidenceSettled(local_date=TODAY))
Result: TypeAlias = Event | tuple[Event, ...] | type[Refusal]
TABLE: dict[str, tuple[Result, Result, Result, Result, Result, Result, Result]] = {
    # Submitted, InProgress, AwaitingApplicant, Decided, Closed, Withdrawn, AwaitingEvidence
    "submit": (CaseAlreadySubmitted,) * 7,
    "assign": (
        ASSIGNED,
        ASSIGNED,
        ASSIGNED,
        ASSIGNED,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseAwaitsEvidence,
    ),
    "record": (
        CaseNotAssigned,
        CHECKED,
        CaseAwaitsApplicant,
        CaseAlreadyDecided,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseAwaitsEvidence,
    ),
    "ask": (
        CaseNotAssigned,
        ASKED,
        CaseAwaitsApplicant,
        CaseAlreadyDecided,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseAwaitsEvidence,
    ),
    "answer": (
        QuestionNotOpen,
        QuestionNotOpen,
        ANSWERED,
        QuestionNotOpen,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        QuestionNotOpen,
    ),
    "decide": (
        CaseNotAssigned,
        DECIDED,
        CaseAwaitsApplicant,
        CaseAlreadyDecided,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseAwaitsEvidence,
    ),
    "close": (
        CaseNotDecided,
        CaseNotDecided,
        CaseNotDecided,
        CLOSED,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseNotDecided,
    ),
    "import: close": (
        IMPORTED,
        IMPORTED,
        IMPORTED,
        CLOSED,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        CaseAwaitsEvidence,
    ),
    "withdraw": (
        WITHDRAWN,
        WITHDRAWN,
        WITHDRAWN,
        CaseAlreadyDecided,
        CaseAlreadyClosed,
        CaseAlreadyWithdrawn,
        WITHDRAWN,
    ),
    "mark overdue": (OVERDUE, OVERDUE, OVERDUE, OVERDUE, CaseAlreadyClosed, CaseAlreadyWithdrawn, OVERDUE),
    "reopen": (CaseNotClosed, CaseNotClosed, CaseNotClosed, CaseNotClosed, REOPENED, CaseNotClosed, CaseNotClosed),
    "erase": (*(ERASED,) * 6, UNANSWERED),
}
LATER = {
    Stage.UNDER_APPEAL: CaseUnderAppeal,
    Stage.ARCHIVED: CaseAlreadyArchived,
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("stage", PASTS)
def test_every_command_in_every_stage(stage: Stage, name: str) -> None:
    expected = TABLE[name][list(PASTS).index(stage)]

    given(*PASTS[stage]).when(COMMANDS[name]).then(expected)


@pytest.mark.parametrize("stage", PASTS)
def test_events_lead_to_their_stage(stage: Stage) -> None:
    case = fold(PASTS[stage])

    assert case is not None
    assert case.stage is stage


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "submit"])
def test_before_its_submission_there_is_no_case(name: str) -> None:
    given().when(COMMANDS[name]).then(CaseNotSubmitted)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("submit", "erase")])
@pytest.mark.parametrize("stage", LATER)
def test_stages_of_later_issues_refuse_by_their_own_name(stage: Stage, name: str) -> None:
    state = evolve(None, SUBMITTED)._replace(stage=stage)
    expected = CaseNotClosed if name == "reopen" else LATER[stage]

    with pytest.raises(expected):
        decide(COMMANDS[name], state)


def test_the_tables_leave_no_stage_out() -> None:
    assert set(PASTS) | set(LATER) == set(Stage)


def test_an_answer_brings_the_case_back_to_work() -> None:
    case = fold((SUBMITTED, ASSIGNED, ASKED, ANSWERED))

    assert case is not None
    assert case.stage is Stage.IN_PROGRESS
    assert case.asked_elements == ()


def test_a_new_official_takes_over_where_the_case_stands() -> None:
    other = CaseAssigned(desk="back", official="eeeeeeee-5555", rule="order")
    case = fold((SUBMITTED, ASSIGNED, ASKED, other))

    assert case is not None
    assert (case.stage, case.desk, case.official) == (Stage.AWAITING_APPLICANT, "back", "eeeeeeee-5555")


def test_a_reopened_case_has_no_decision_and_counts_its_reopening() -> None:
    case = fold((SUBMITTED, ASSIGNED, CHECKED, DECIDED, CLOSED, REOPENED))

    assert case is not None
    assert (case.stage, case.outcome, case.step, case.reopenings) == (Stage.IN_PROGRESS, None, None, 1)
    assert case.official == OFFICIAL.pseudonym
