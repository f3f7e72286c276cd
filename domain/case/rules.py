"""The rules of a case; each is a function whose name says what it demands."""

from datetime import date
from typing import TypeAlias, assert_never, get_args

from domain.case.answers import asked_questions, check_answers, is_text
from domain.case.commands import (
    AnswerQuestion,
    AskApplicant,
    AssignCase,
    CloseCase,
    Command,
    DecideCase,
    EraseSubject,
    MarkOverdue,
    RecordStep,
    ReopenCase,
    WithdrawCase,
)
from domain.case.events import Outcome
from domain.case.refusals import (
    ApplicantErased,
    AssignmentRuleNotOfOrigin,
    CaseAlreadyArchived,
    CaseAlreadyClosed,
    CaseAlreadyDecided,
    CaseAlreadyOverdue,
    CaseAlreadyWithdrawn,
    CaseAssignedAlready,
    CaseAtAnotherDesk,
    CaseAwaitsApplicant,
    CaseAwaitsEvidence,
    CaseGrantedBySilence,
    CaseNotAssigned,
    CaseNotClosed,
    CaseNotDecided,
    CaseUnderAppeal,
    ElementUnknown,
    LegalBasisMissing,
    NotTheApplicant,
    NotTheAssignedOfficial,
    NotTheClock,
    OrderMissing,
    OutcomeUnknown,
    QuestionNotOpen,
    ReasonsMissing,
    SilentGrantUnpublished,
    StepMayNotFollow,
    StepUnknown,
    SubjectAlreadyErased,
    TermNotOver,
    TextMissing,
    TextTooLong,
)
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.clock.reckoning import last_day_of
from domain.envelope import CLOCK
from domain.text import LONGEST_LINE, LONGEST_PROSE

Speaking: TypeAlias = RecordStep | AskApplicant | AnswerQuestion | DecideCase | WithdrawCase | ReopenCase
"""The commands that may contain words to be sealed for the applicant."""


def case_is_open(_: Command, state: CaseState) -> None:
    """A case that has ended accepts no more work."""
    match state.stage:
        case Stage.IN_PROGRESS | Stage.SUBMITTED | Stage.AWAITING_APPLICANT | Stage.AWAITING_EVIDENCE | Stage.DECIDED:
            return
        case Stage.CLOSED:
            raise CaseAlreadyClosed
        case Stage.WITHDRAWN:
            raise CaseAlreadyWithdrawn
        case Stage.UNDER_APPEAL:
            raise CaseUnderAppeal
        case Stage.ARCHIVED:
            raise CaseAlreadyArchived
        case _:
            assert_never(state.stage)


def case_is_undecided(_: Command, state: CaseState) -> None:
    """After the decision nobody works on the case, asks the applicant or withdraws the request."""
    if state.stage is Stage.DECIDED:
        raise CaseGrantedBySilence if state.is_granted_by_silence else CaseAlreadyDecided


def case_is_in_progress(_: Command, state: CaseState) -> None:
    """Officials work on assigned cases that wait for nobody. Nobody waits for an erased applicant's answer."""
    if state.stage is Stage.SUBMITTED:
        raise CaseNotAssigned
    evidence_is_settled(_, state)
    if state.stage is Stage.AWAITING_APPLICANT and not state.applicant_is_erased:
        raise CaseAwaitsApplicant


def evidence_is_settled(_: Command, state: CaseState) -> None:
    """Nobody is given a case, or works on it, before what the state holds is there."""
    # What was still owed when silence has granted the request is waited for by nobody.
    if not state.evidence.is_settled and not state.is_granted_by_silence:
        raise CaseAwaitsEvidence


def case_is_decided(command: CloseCase, state: CaseState) -> None:
    """A case ends with a decision. Only an import may close a case without one, as it may not know the decision."""
    if state.stage is not Stage.DECIDED and command.origin != "import":
        raise CaseNotDecided
    grant = state.clock.silent_grant
    if state.is_granted_by_silence and grant is not None and grant.publish_by is not None and not grant.published:
        raise SilentGrantUnpublished


def case_is_closed(_: ReopenCase, state: CaseState) -> None:
    """Only a closed case can be reopened."""
    if state.stage is not Stage.CLOSED:
        raise CaseNotClosed


def by_the_assigned_official(command: Command, state: CaseState) -> None:
    """Only the assigned official works on a case. An import states who did, whoever was assigned."""
    if command.origin == "import":
        return
    if state.official is None:
        raise CaseNotAssigned
    if command.actor.role != "official" or command.actor.pseudonym != state.official:
        raise NotTheAssignedOfficial


def by_the_applicant(command: Command, state: CaseState) -> None:
    """Only the applicant may do this, or who represents them in this case."""
    if not state.speaks_for_the_applicant(command.actor):
        raise NotTheApplicant


def assignment_rule_is_of_the_origin(command: AssignCase, _: CaseState) -> None:
    """A draw or the order of submission assigns cases; imported ones are assigned as in the other system."""
    is_import = command.origin == "import"
    if (command.rule == "import") != is_import or (command.rule == "draw") != (command.draw is not None):
        raise AssignmentRuleNotOfOrigin(field="rule")


def case_has_no_official(command: AssignCase, state: CaseState) -> None:
    """A draw is for a case that nobody has. An import states who had it, one after the other."""
    if command.rule == "draw" and state.official is not None:
        raise CaseAssignedAlready


def draw_is_of_the_cases_desk(command: AssignCase, state: CaseState) -> None:
    """Only the desk that has the case draws for it. An import states where it was, one desk after the other."""
    if command.rule == "draw" and command.desk != state.desk:
        raise CaseAtAnotherDesk(field="desk")


def official_is_not_erased(command: AssignCase, state: CaseState) -> None:
    """An erased official gets no case: nobody has that pseudonym any more, so nobody could work on it."""
    if command.official in state.erased:
        raise SubjectAlreadyErased


def step_exists(command: RecordStep, _: CaseState) -> None:
    """The pinned version of the service defines the steps."""
    if command.step not in command.service.steps_by_name:
        raise StepUnknown(field="step")


def step_may_follow(command: RecordStep, state: CaseState) -> None:
    """The service defines which steps may come first, and which may follow which."""
    step = command.service.steps_by_name[command.step]
    if state.step is None:
        if not step.first:
            raise StepMayNotFollow(f"a case may not begin with the step “{step.name}”", field="step")
    elif state.step not in step.may_follow:
        raise StepMayNotFollow(f"“{step.name}” may not follow “{state.step}”", field="step")


def elements_are_of_the_service(command: AskApplicant, _: CaseState) -> None:
    """An official may ask only for what the service may ask for."""
    for element in command.elements:
        if element not in command.service.questions_by_element:
            raise ElementUnknown(field="elements")


def question_is_open(_: AnswerQuestion, state: CaseState) -> None:
    """Only an open question can be answered; what a resource did not give is supplied otherwise."""
    if state.stage is not Stage.AWAITING_APPLICANT or not state.evidence.is_settled:
        raise QuestionNotOpen


def answers_are_what_was_asked(command: AnswerQuestion, state: CaseState) -> None:
    """The answers are about the elements that the question asks for, and have their types."""
    check_answers(command.answers, asked_questions(command.answers, state.asked_elements, command.service))


def outcome_is_known(command: DecideCase, _: CaseState) -> None:
    """A decision grants, refuses, or partly grants the request."""
    if command.outcome not in get_args(Outcome):
        raise OutcomeUnknown(field="outcome")


def legal_basis_is_named(command: DecideCase, _: CaseState) -> None:
    """A decision names its legal ground."""
    if len(command.legal_basis) > LONGEST_LINE:
        raise TextTooLong(field="legalBasis")
    if not is_text(command.legal_basis):
        raise LegalBasisMissing(field="legalBasis")


def reasons_are_given(command: DecideCase, state: CaseState) -> None:
    """A decision has reasons, unless the applicant is erased and nobody could read them."""
    if not state.applicant_is_erased and not (command.reasons and command.reasons.strip()):
        raise ReasonsMissing(field="reasons")


def order_is_named(command: ReopenCase, _: CaseState) -> None:
    """Nobody may reopen a closed case without an order."""
    if len(command.order) > LONGEST_LINE:
        raise TextTooLong(field="order")
    if not is_text(command.order):
        raise OrderMissing(field="order")


def words_can_be_sealed(command: Speaking, state: CaseState) -> None:
    """Words are stored only under the applicant's key. Once the key is destroyed, no words can be stored."""
    field, words = _words_of(command)
    if words is not None:
        can_be_sealed(words, field, state)


def can_be_sealed(words: str, field: str, state: CaseState) -> None:
    """Words need the applicant's key, and are neither blank nor too long."""
    if state.applicant_is_erased:
        raise ApplicantErased(field=field)
    if len(words) > LONGEST_PROSE:
        raise TextTooLong(field=field)
    if not is_text(words):
        raise TextMissing(field=field)


def by_the_clock(command: MarkOverdue, _: CaseState) -> None:
    """Only the clock can mark a case overdue."""
    if command.actor != CLOCK or command.origin != "clock":
        raise NotTheClock


def term_is_over(command: MarkOverdue, state: CaseState) -> date:
    """The term is over only after its last day; return that day."""
    last = last_day_of(state.clock.clock, command.service.term, command.calendar)
    if last is None or command.local_date <= last:
        raise TermNotOver
    return last


def not_marked_overdue(_: MarkOverdue, state: CaseState) -> None:
    """A case is marked overdue once, even if it is reopened later."""
    if state.marked_overdue_on is not None:
        raise CaseAlreadyOverdue


def subject_is_not_erased(command: EraseSubject, state: CaseState) -> None:
    """A person is erased from a case only once."""
    if command.pseudonym in state.erased:
        raise SubjectAlreadyErased


def _words_of(command: Speaking) -> tuple[str, str | None]:
    match command:
        case RecordStep():
            return "note", command.note
        case AskApplicant():
            return "question", command.question
        case AnswerQuestion():
            return "answer", command.answer
        case DecideCase():
            return "reasons", command.reasons
        case WithdrawCase() | ReopenCase():
            return "reason", command.reason
        case _:
            assert_never(command)
