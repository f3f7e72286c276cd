"""What a case's commands lead to. Each decision reads as its rules and then its events."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.case import commands, rules
from domain.case.answers import checked_answers
from domain.case.deadlines import deadline
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
    SubjectErased,
)
from domain.case.reference import reference_of
from domain.case.refusals import CaseAlreadySubmitted, CaseNotSubmitted
from domain.case.state import CaseState
from domain.event import Event


def decide(command: commands.Command, state: CaseState | None) -> tuple[Event, ...]:
    """Return what the command leads to.

    Raises:
        Refusal: by the rule's name.
    """
    if isinstance(command, commands.SubmitCase):
        if state is not None:
            raise CaseAlreadySubmitted
        return _submit(command)
    if state is None:
        raise CaseNotSubmitted
    return _DECISIONS[type(command)](command, state)


def _submit(command: commands.SubmitCase) -> tuple[Event, ...]:
    rules.service_is_offered(command)
    service, imported = command.service, command.origin == "import"
    opened, to_seal = ({}, {}) if imported else checked_answers(service, command.answers)
    due = command.deadline
    if not imported and service.term is not None:
        due = deadline(command.at, service.term, command.time_zone)
    submitted = CaseSubmitted(
        reference=reference_of(command.case_id),
        service=service.slug,
        service_version=command.version or 0,
        agency=service.agency,
        desk=service.desk,
        term=service.term,
        time_zone=command.time_zone,
        applicant=command.applicant,
        channel=command.channel,
        language=command.language,
        deadline=due,
        open_answers=opened,
        answers=to_seal or None,
    )
    return (submitted,)


def _assign(command: commands.AssignCase, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.case_is_undecided(state)
    rules.desk_assigns_once(command, state)
    rule = "import" if command.origin == "import" else "order"
    return (CaseAssigned(desk=state.desk, official=command.official, rule=rule),)


def _record_step(command: commands.RecordStep, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.case_is_in_progress(state)
    rules.assigned_official_acts(command.actor, state)
    rules.step_may_follow(command, state)
    if command.note:
        rules.words_can_be_sealed(state)
    return (StepRecorded(step=command.step, note=command.note or None),)


def _ask(command: commands.AskApplicant, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.case_is_in_progress(state)
    rules.assigned_official_acts(command.actor, state)
    rules.question_has_words(command)
    rules.elements_are_the_services(command)
    rules.words_can_be_sealed(state)
    asked = ApplicantAsked(number=state.questions + 1, elements=command.elements, question=command.question)
    return (asked,)


def _answer(command: commands.AnswerQuestion, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.applicant_acts(command.actor)
    rules.question_is_open(state)
    rules.words_can_be_sealed(state)
    opened, to_seal = checked_answers(command.service, command.answers, state.asked_elements)
    answered = ApplicantAnswered(
        number=state.questions, open_answers=opened, answer=command.answer, answers=to_seal or None
    )
    return (answered,)


def _decide(command: commands.DecideCase, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.case_is_undecided(state)
    rules.case_is_in_progress(state)
    rules.assigned_official_acts(command.actor, state)
    rules.decision_is_complete(command)
    rules.words_can_be_sealed(state)
    decided = CaseDecided.model_validate(
        {"outcome": command.outcome, "legal_basis": command.legal_basis, "reasons": command.reasons}
    )
    return (decided,)


def _close(command: commands.CloseCase, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    if command.origin == "import":
        return (CaseClosed(reason="import"),)
    rules.case_is_decided(state)
    rules.assigned_official_acts(command.actor, state)
    return (CaseClosed(reason="decided"),)


def _withdraw(command: commands.WithdrawCase, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_open(state)
    rules.applicant_acts(command.actor)
    rules.case_is_undecided(state)
    if command.reason:
        rules.words_can_be_sealed(state)
    return (CaseWithdrawn(reason=command.reason or None),)


def _reopen(command: commands.ReopenCase, state: CaseState) -> tuple[Event, ...]:
    rules.case_is_closed(state)
    rules.order_is_named(command)
    if command.reason:
        rules.words_can_be_sealed(state)
    return (CaseReopened(order=command.order, reason=command.reason or None),)


def _erase(command: commands.EraseSubject, state: CaseState) -> tuple[Event, ...]:
    rules.subject_can_be_erased(command, state)
    return (SubjectErased(pseudonym=command.pseudonym),)


_DECISIONS: Mapping[type[commands.Command], Callable[[Any, CaseState], tuple[Event, ...]]] = {
    commands.AssignCase: _assign,
    commands.RecordStep: _record_step,
    commands.AskApplicant: _ask,
    commands.AnswerQuestion: _answer,
    commands.DecideCase: _decide,
    commands.CloseCase: _close,
    commands.WithdrawCase: _withdraw,
    commands.ReopenCase: _reopen,
    commands.EraseSubject: _erase,
}
