"""The rules of a case's commands, one by one."""

import pytest

from domain.case.events import ApplicantAnswered, ApplicantAsked, CaseAssigned, CaseDecided, StepRecorded, SubjectErased
from domain.case.refusals import (
    AnswerMissing,
    AnswerOfWrongType,
    ApplicantErased,
    AssignmentRuleNotOfOrigin,
    CaseNotAssigned,
    ElementNotAsked,
    ElementUnknown,
    LegalBasisMissing,
    NotTheApplicant,
    NotTheAssignedOfficial,
    OrderMissing,
    OutcomeUnknown,
    ReasonsMissing,
    StepMayNotFollow,
    StepUnknown,
    SubjectAlreadyErased,
    TextMissing,
    TextTooLong,
)
from domain.case.stage import Stage
from domain.case.state import evolve
from domain.event import Event, UnknownEventError
from domain.service.events import ServicePublished
from tests.domain.given_when_then import fold, given
from tests.domain.town import (
    AGENCY,
    APPLICANT,
    ASKED,
    ASSIGNED,
    CHECKED,
    CLOSED,
    COLLEAGUE,
    DECIDED,
    OFFICIAL,
    REOPENED,
    SUBMITTED,
    TODAY,
    answer,
    ask,
    assign,
    close,
    erase,
    record,
    reopen,
    settle,
    withdraw,
)

IN_PROGRESS = (SUBMITTED, ASSIGNED)
WAITING = (*IN_PROGRESS, ASKED)
ERASED = SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY)


def test_a_case_whose_official_is_erased_has_none_and_goes_to_another_one() -> None:
    forgotten = SubjectErased(pseudonym=OFFICIAL.pseudonym, local_date=TODAY)
    past = (*IN_PROGRESS, forgotten)
    state = fold(past)

    assert state is not None
    assert (state.official, state.stage) == (None, Stage.IN_PROGRESS)
    given(*past).when(record()).then(CaseNotAssigned)
    given(*past).when(assign()).then(SubjectAlreadyErased)
    given(*past).when(assign(official=COLLEAGUE.pseudonym)).then(
        CaseAssigned(desk="front", official=COLLEAGUE.pseudonym, rule="order")
    )


def test_a_live_case_is_assigned_by_order_only() -> None:
    given(SUBMITTED).when(assign(rule="draw")).then(AssignmentRuleNotOfOrigin, field="rule")
    given(SUBMITTED).when(assign(rule="import")).then(AssignmentRuleNotOfOrigin, field="rule")


def test_an_import_assigns_by_its_own_rule() -> None:
    imported = CaseAssigned(desk="front", official=OFFICIAL.pseudonym, rule="import")

    given(SUBMITTED).when(assign(rule="import", origin="import")).then(imported)
    given(SUBMITTED).when(assign(rule="order", origin="import")).then(AssignmentRuleNotOfOrigin, field="rule")


@pytest.mark.parametrize("actor", [COLLEAGUE, APPLICANT, AGENCY])
def test_only_the_assigned_official_works_on_a_case(actor: object) -> None:
    given(*IN_PROGRESS).when(record(actor=actor)).then(NotTheAssignedOfficial)
    given(*IN_PROGRESS).when(ask(actor=actor)).then(NotTheAssignedOfficial)
    given(*IN_PROGRESS).when(settle(actor=actor)).then(NotTheAssignedOfficial)
    given(*IN_PROGRESS, DECIDED).when(close(actor=actor)).then(NotTheAssignedOfficial)


def test_a_case_reopened_without_an_official_waits_for_one() -> None:
    given(SUBMITTED, CLOSED, REOPENED).when(record()).then(CaseNotAssigned)


def test_an_import_records_steps_of_whoever_did_them() -> None:
    given(*IN_PROGRESS).when(record(actor=COLLEAGUE, origin="import")).then(CHECKED)


@pytest.mark.parametrize("actor", [OFFICIAL, AGENCY, APPLICANT.model_copy(update={"pseudonym": "someone-else"})])
def test_only_the_applicant_speaks_for_the_applicant(actor: object) -> None:
    given(*WAITING).when(answer(actor=actor)).then(NotTheApplicant)
    given(*WAITING).when(withdraw(actor=actor)).then(NotTheApplicant)


def test_a_case_begins_with_a_first_step() -> None:
    given(*IN_PROGRESS).when(record("T04 Decide")).then(StepMayNotFollow, field="step")


def test_a_step_follows_only_what_the_service_says() -> None:
    decided = StepRecorded(step="T04 Decide")

    given(*IN_PROGRESS, CHECKED).when(record("T04 Decide")).then(decided)
    given(*IN_PROGRESS, CHECKED, decided).when(record("T04 Decide")).then(decided)
    given(*IN_PROGRESS, CHECKED).when(record("T02 Check")).then(StepMayNotFollow, field="step")
    given(*IN_PROGRESS).when(record("T99 Celebrate")).then(StepUnknown, field="step")


def test_a_reopened_case_begins_again_with_a_first_step() -> None:
    past = (*IN_PROGRESS, CHECKED, DECIDED, CLOSED, REOPENED)

    given(*past).when(record("T04 Decide")).then(StepMayNotFollow, field="step")
    given(*past).when(record("T02 Check")).then(CHECKED)


def test_a_note_is_sealed_words() -> None:
    given(*IN_PROGRESS).when(record(note="Seen.")).then(StepRecorded(step="T02 Check", note="Seen."))
    given(*IN_PROGRESS).when(record(note=" \n")).then(TextMissing, field="note")
    given(*IN_PROGRESS).when(record(note="x" * 10_001)).then(TextTooLong, field="note")


def test_a_question_has_words_and_asks_for_elements_of_the_service() -> None:
    given(*IN_PROGRESS).when(ask(question="")).then(TextMissing, field="question")
    given(*IN_PROGRESS).when(ask(elements=("person.shoe_size",))).then(ElementUnknown, field="elements")


def test_questions_are_numbered_within_the_case() -> None:
    given(*WAITING, ApplicantAnswered(local_date=TODAY, number=1, open_answers={})).when(
        ask(elements=("plot.area", "plot.area"))
    ).then(ApplicantAsked(local_date=TODAY, number=2, elements=("plot.area",), question=ASKED.question))


def test_an_answer_keeps_open_and_sealed_apart() -> None:
    asked = ApplicantAsked(local_date=TODAY, number=1, elements=("plot.area", "person.phone"), question="Which?")
    expected = ApplicantAnswered(
        local_date=TODAY,
        number=1,
        open_answers={"plot.area": 12},
        answer="These.",
        sealed_answers={"person.phone": "none"},
    )

    given(*IN_PROGRESS, asked).when(answer(answer="These.", answers={"plot.area": 12, "person.phone": "none"})).then(
        expected
    )


def test_an_answer_is_about_what_was_asked() -> None:
    asked = ApplicantAsked(local_date=TODAY, number=1, elements=("plot.area",), question="How large?")
    case = given(*IN_PROGRESS, asked)

    case.when(answer(answers={})).then(AnswerMissing, field="answers.plot.area")
    case.when(answer(answers={"plot.area": "large"})).then(AnswerOfWrongType, field="answers.plot.area")
    case.when(answer(answers={"plot.area": 1, "plot.kind": "shed"})).then(ElementNotAsked, field="answers.plot.kind")
    case.when(answer(answers={"plot.area": 1, "x.y": "z"})).then(ElementUnknown, field="answers.x.y")
    case.when(answer(answers={"plot.area": 1}, answer=" ")).then(TextMissing, field="answer")


@pytest.mark.parametrize("outcome", ["granted", "refused", "partly"])
def test_a_request_is_granted_refused_or_partly_granted(outcome: str) -> None:
    decided = CaseDecided.model_validate(DECIDED.model_dump() | {"outcome": outcome})

    given(*IN_PROGRESS).when(settle(outcome=outcome)).then(decided)


def test_a_decision_has_outcome_law_and_reasons() -> None:
    given(*IN_PROGRESS).when(settle(outcome="maybe")).then(OutcomeUnknown, field="outcome")
    given(*IN_PROGRESS).when(settle(legal_basis=" ")).then(LegalBasisMissing, field="legalBasis")
    given(*IN_PROGRESS).when(settle(legal_basis="x" * 201)).then(TextTooLong, field="legalBasis")
    given(*IN_PROGRESS).when(settle(reasons=None)).then(ReasonsMissing, field="reasons")
    given(*IN_PROGRESS).when(settle(reasons=" ")).then(ReasonsMissing, field="reasons")


def test_a_closed_case_is_opened_only_by_a_named_order() -> None:
    past = (*IN_PROGRESS, DECIDED, CLOSED)

    given(*past).when(reopen(order=" ")).then(OrderMissing, field="order")
    given(*past).when(reopen(order="x" * 201)).then(TextTooLong, field="order")


def test_a_person_is_erased_once() -> None:
    other = SubjectErased(pseudonym=OFFICIAL.pseudonym, local_date=TODAY)

    given(*IN_PROGRESS, ERASED).when(erase()).then(SubjectAlreadyErased)
    given(*IN_PROGRESS, ERASED).when(erase(pseudonym=OFFICIAL.pseudonym)).then(other)


def test_no_words_can_be_sealed_for_an_erased_applicant() -> None:
    given(*IN_PROGRESS, ERASED).when(record(note="Seen.")).then(ApplicantErased, field="note")
    given(*IN_PROGRESS, ERASED).when(ask()).then(ApplicantErased, field="question")
    given(*IN_PROGRESS, ERASED).when(settle()).then(ApplicantErased, field="reasons")
    given(*WAITING, ERASED).when(answer()).then(ApplicantErased, field="answer")
    given(*WAITING, ERASED).when(withdraw(reason="Why not.")).then(ApplicantErased, field="reason")


def test_the_case_of_an_erased_applicant_can_be_ended_without_words() -> None:
    silent = CaseDecided(local_date=TODAY, outcome="refused", legal_basis="Article 5")

    given(*IN_PROGRESS, ERASED).when(record()).then(CHECKED)
    given(*IN_PROGRESS, ERASED).when(settle(outcome="refused", reasons=None)).then(silent)


@pytest.mark.parametrize(
    ("past", "event"),
    [((), ASSIGNED), ((SUBMITTED,), SUBMITTED), ((SUBMITTED,), ServicePublished(version=1))],
)
def test_an_event_that_does_not_belong_here_is_never_passed_over(past: tuple[Event, ...], event: Event) -> None:
    state = evolve(None, past[0]) if past else None

    with pytest.raises(UnknownEventError):
        evolve(state, event)


def test_words_stay_out_of_the_text_of_commands_and_events() -> None:
    words = "Aygün lives at Nizami street 5"
    shown = (
        repr(record(note=words)),
        repr(ask(question=words)),
        repr(answer(answer=words, answers={"person.phone": words})),
        repr(settle(reasons=words)),
        repr(withdraw(reason=words)),
        repr(reopen(reason=words)),
        repr(StepRecorded(step="T02 Check", note=words)),
        str(
            ApplicantAnswered(
                local_date=TODAY, number=1, open_answers={}, answer=words, sealed_answers={"person.phone": words}
            )
        ),
    )

    assert not [text for text in shown if "Aygün" in text]
