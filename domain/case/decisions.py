"""Decides a case's commands: lists the rules of each in the order of their checks, and returns its events."""

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar, assert_never

from domain.case import rules
from domain.case.answers import split
from domain.case.assignment_commands import AssignmentCommand
from domain.case.assignment_decisions import decide_assignment
from domain.case.clock_commands import ClockCommand
from domain.case.clock_decisions import decide_about_time
from domain.case.clock_rules import silence_has_not_answered
from domain.case.commands import (
    AnswerQuestion,
    AskApplicant,
    AssignCase,
    CaseworkCommand,
    CloseCase,
    Command,
    DecideCase,
    EraseSubject,
    MarkOverdue,
    RecordStep,
    ReopenCase,
    SubmitCase,
    WithdrawCase,
)
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseBecameOverdue,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
    SubjectErased,
    SuspensionGround,
)
from domain.case.evidence_asking import evidence_events, identifiers_needed
from domain.case.evidence_commands import EvidenceCommand
from domain.case.evidence_decisions import decide_evidence
from domain.case.evidence_following import after_erasure
from domain.case.message_commands import MessageCommand
from domain.case.message_decisions import decide_message
from domain.case.reference import reference_of
from domain.case.refusals import CaseAlreadySubmitted, CaseNotSubmitted
from domain.case.representation_commands import RepresentationCommand
from domain.case.representation_decisions import decide_representation
from domain.case.representation_events import RepresentativeAdded
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.case.submission_rules import SUBMISSION_RULES
from domain.clock.case_clock import OwedBy
from domain.clock.reckoning import is_stated, last_day_after
from domain.event import Event
from domain.service.definition import Timing
from domain.text import check_texts

C = TypeVar("C", bound=Command)
Rules: TypeAlias = tuple[Callable[[C, CaseState], None], ...]

ASSIGNMENT: Final[Rules[AssignCase]] = (
    rules.case_is_open,
    rules.evidence_is_settled,
    rules.assignment_rule_is_of_the_origin,
    rules.case_has_no_official,
    rules.draw_is_of_the_cases_desk,
    rules.official_is_not_erased,
)
STEP: Final[Rules[RecordStep]] = (
    rules.case_is_open,
    rules.case_is_undecided,
    rules.case_is_in_progress,
    rules.by_the_assigned_official,
    rules.step_exists,
    rules.step_may_follow,
    rules.words_can_be_sealed,
)
QUESTION: Final[Rules[AskApplicant]] = (
    rules.case_is_open,
    rules.case_is_undecided,
    rules.case_is_in_progress,
    rules.by_the_assigned_official,
    silence_has_not_answered,
    rules.elements_are_of_the_service,
    rules.words_can_be_sealed,
)
ANSWER: Final[Rules[AnswerQuestion]] = (
    rules.case_is_open,
    rules.question_is_open,
    rules.by_the_applicant,
    rules.answers_are_what_was_asked,
    rules.words_can_be_sealed,
)
DECISION: Final[Rules[DecideCase]] = (
    rules.case_is_open,
    rules.case_is_undecided,
    rules.case_is_in_progress,
    rules.by_the_assigned_official,
    silence_has_not_answered,
    rules.outcome_is_known,
    rules.legal_basis_is_named,
    rules.reasons_are_given,
    rules.words_can_be_sealed,
)
CLOSING: Final[Rules[CloseCase]] = (
    rules.case_is_open,
    rules.case_is_decided,
    rules.evidence_is_settled,
    rules.by_the_assigned_official,
)
WITHDRAWAL: Final[Rules[WithdrawCase]] = (
    rules.case_is_open,
    rules.case_is_undecided,
    rules.by_the_applicant,
    rules.words_can_be_sealed,
)
REOPENING: Final[Rules[ReopenCase]] = (rules.case_is_closed, rules.order_is_named, rules.words_can_be_sealed)
OVERDUE: Final[Rules[MarkOverdue]] = (
    rules.case_is_open,
    rules.by_the_clock,
    rules.not_marked_overdue,
)
ERASURE: Final[Rules[EraseSubject]] = (rules.subject_is_not_erased,)


def decide(command: Command, state: CaseState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(  # noqa: PLR0911 - a table of the kinds of commands
    command: Command, state: CaseState | None
) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts, which some ledgers predate.

    Raises:
        Refusal: the rule that forbids it.
    """
    if state is None:
        if isinstance(command, SubmitCase):
            return _submit(command)
        raise CaseNotSubmitted
    if isinstance(command, ClockCommand):
        return decide_about_time(command, state)
    if isinstance(command, EvidenceCommand):
        return decide_evidence(command, state)
    if isinstance(command, MessageCommand):
        return (decide_message(command, state),)
    if isinstance(command, AssignmentCommand):
        return (decide_assignment(command, state),)
    if isinstance(command, RepresentationCommand):
        return (decide_representation(command, state),)
    event = _decide(command, state)
    return after_erasure(event, state, command.local_date) if isinstance(command, EraseSubject) else (event,)


def _decide(command: CaseworkCommand, state: CaseState) -> Event:  # noqa: C901, PLR0911 - a table of the commands
    match command:
        case RecordStep():
            _keep(STEP, command, state)
            return StepRecorded(step=command.step, note=command.note)
        case AssignCase():
            _keep(ASSIGNMENT, command, state)
            return CaseAssigned(desk=command.desk, official=command.official, rule=command.rule, draw=command.draw)
        case CloseCase():
            _keep(CLOSING, command, state)
            return CaseClosed(
                local_date=command.local_date, reason="decided" if state.stage is Stage.DECIDED else "import"
            )
        case AskApplicant():
            _keep(QUESTION, command, state)
            number = state.questions + 1
            elements = tuple(dict.fromkeys(command.elements))
            return ApplicantAsked(
                local_date=command.local_date, number=number, elements=elements, question=command.question
            )
        case AnswerQuestion():
            _keep(ANSWER, command, state)
            return _answer(command, state)
        case DecideCase():
            _keep(DECISION, command, state)
            return CaseDecided(
                local_date=command.local_date,
                outcome=command.outcome,
                legal_basis=command.legal_basis,
                reasons=command.reasons,
            )
        case WithdrawCase():
            _keep(WITHDRAWAL, command, state)
            return CaseWithdrawn(local_date=command.local_date, reason=command.reason)
        case ReopenCase():
            _keep(REOPENING, command, state)
            return CaseReopened(
                local_date=command.local_date,
                order=command.order,
                clock=command.clock,
                term=command.term,
                reason=command.reason,
            )
        case MarkOverdue():
            _keep(OVERDUE, command, state)
            return _overdue(command, state)
        case EraseSubject():
            _keep(ERASURE, command, state)
            return SubjectErased(pseudonym=command.pseudonym, local_date=command.local_date)
        case SubmitCase():
            raise CaseAlreadySubmitted
        case _:
            assert_never(command)


def _keep(rules_of_command: Rules[C], command: C, state: CaseState) -> None:
    for rule in rules_of_command:
        rule(command, state)


def _submit(command: SubmitCase) -> tuple[Event, ...]:
    for rule in SUBMISSION_RULES:
        rule(command)
    service = command.service.definition
    actor = command.actor
    added: tuple[Event, ...] = ()
    if actor.role == "representative":
        added = (RepresentativeAdded(representative=actor.pseudonym, mandate=command.mandate),)
    if command.origin == "import" or not service.evidence:
        return (_submitted(command, {}, 0), *added)
    submitted = _submitted(command, identifiers_needed(command), command.register_version)
    return (submitted, *added, *evidence_events(command))


def _submitted(command: SubmitCase, identifiers: dict[str, str], register_version: int) -> CaseSubmitted:
    service = command.service.definition
    answers = split(command.answers, service.questions_by_element)
    until = command.last_day
    is_import = command.origin == "import"
    if not is_import and service.term is not None:
        until = last_day_after(command.local_date, service.term, command.calendar)
    return CaseSubmitted(
        reference=reference_of(command.case_id),
        service=service.slug,
        service_version=command.service.version,
        calendar=None if command.calendar.state is None else command.calendar.state.slug,
        calendar_version=command.calendar.version,
        last_day_is_stated=is_import,
        suspended_for=() if is_import else _suspended_for(service.timing),
        agency=service.agency,
        desk=service.desk,
        time_zone=command.time_zone,
        applicant=command.applicant,
        party=command.party,
        proved=command.proved,
        channel=command.channel,
        language=command.language,
        term_began=command.local_date,
        last_day=until,
        register_version=register_version,
        nonce=command.nonce,
        open_answers=answers.open,
        sealed_answers=answers.sealed,
        sealed_identifiers=dict(identifiers) or None,
    )


def _suspended_for(timing: Timing) -> tuple[SuspensionGround, ...]:
    grounds: tuple[tuple[OwedBy, str | None], ...] = (
        ("applicant", timing.suspended_for_answers),
        ("resource", timing.suspended_for_evidence),
    )
    return tuple(SuspensionGround(owed_by=owed_by, ground=ground) for owed_by, ground in grounds if ground)


def _overdue(command: MarkOverdue, state: CaseState) -> Event:
    last = rules.term_is_over(command, state)
    clock, term = state.clock.clock, command.service.term
    if is_stated(clock, term):
        term = None  # an import has the last day that its file states, if any
    elif clock.restart is not None and clock.restart.term is not None:
        term = clock.restart.term
    return CaseBecameOverdue(
        local_date=command.local_date,
        term_began=clock.began,
        term=term,
        last_day=last,
        calendar_version=command.calendar.version,
    )


def _answer(command: AnswerQuestion, state: CaseState) -> Event:
    answers = split(command.answers, command.service.questions_by_element)
    return ApplicantAnswered(
        local_date=command.local_date,
        number=state.questions,
        open_answers=answers.open,
        answer=command.answer,
        sealed_answers=answers.sealed,
    )
