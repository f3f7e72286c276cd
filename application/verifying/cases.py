"""Turns the events of a case back into the commands that led to them."""

from typing import Final

from application.verifying.assignments import assignment, assignment_command
from application.verifying.evidence import evidence_command, local_date_of
from application.verifying.judge import Kind
from application.verifying.messages import message_command
from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.precedents import Precedents
from application.verifying.sealed_words import SOME_ID, SOME_WORDS, possible_answer, some_id_of, words_of
from application.verifying.terms import clock_command
from domain.case import commands, events
from domain.case.assignment_events import ASSIGNMENT_EVENTS
from domain.case.clock_events import CLOCK_EVENTS
from domain.case.decisions import decide_again
from domain.case.evidence_asking import identifiers_needed
from domain.case.evidence_events import EVIDENCE_EVENTS
from domain.case.message_events import MESSAGE_EVENTS
from domain.case.representation_commands import AddRepresentative, RemoveRepresentative
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.case.state import CaseState, evolve
from domain.service.definition import PublishedService, ServiceDefinition
from domain.values import AnswerValue


def _command(one: Occurrence, case: CaseState | None, precedents: Precedents) -> commands.Command:  # noqa: C901, PLR0911, PLR0912 - a table of the events
    """Return the command that must have led to this event. Sealed fields had some text, so any text stands for them."""
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    # The commonest come first: each match on the type of a pydantic object costs time.
    match event:
        case events.StepRecorded():
            service = _pinned(case, precedents)
            return commands.RecordStep(at, actor, service, event.step, words_of(one, "note"), origin)
        case events.CaseSubmitted():
            return _submission(one, event, precedents)
        case events.CaseAssigned():
            return assignment(one, event, case, precedents)
        case events.CaseClosed():
            return commands.CloseCase(at, local_day(one, event.local_date), actor, origin)
        case events.CaseDecided():
            local, service = local_day(one, event.local_date), _pinned(case, precedents)
            reasons = words_of(one, "reasons")
            return commands.DecideCase(at, local, actor, service, event.outcome, event.legal_basis, reasons, origin)
        case events.ApplicantAsked():
            words = words_of(one, "question") or ""
            local, service = local_day(one, event.local_date), _pinned(case, precedents)
            return commands.AskApplicant(at, local, actor, service, words, event.elements, origin)
        case events.ApplicantAnswered():
            service = _pinned(case, precedents)
            answers = _answers(one, event.open_answers, service)
            words, local = words_of(one, "answer") or "", local_day(one, event.local_date)
            return commands.AnswerQuestion(at, local, actor, service, words, answers, origin)
        case events.CaseWithdrawn():
            local = local_day(one, event.local_date)
            return commands.WithdrawCase(at, local, actor, words_of(one, "reason"), origin)
        case events.CaseReopened():
            local = local_day(one, event.local_date)
            reason = words_of(one, "reason")
            return commands.ReopenCase(at, local, actor, event.order, reason, origin, event.clock, event.term)
        case events.CaseBecameOverdue():
            local = local_day(one, event.local_date)
            slug = None if case is None else case.clock.calendar
            calendar = precedents.calendar(slug, event.calendar_version, one)
            return commands.MarkOverdue(at, local, actor, _pinned(case, precedents), origin, calendar)
        case events.SubjectErased():
            today = local_day(one, event.local_date or at.date())  # the first version of it pinned none
            return commands.EraseSubject(at, today, actor, event.pseudonym, origin)
        case _ if isinstance(event, ASSIGNMENT_EVENTS):
            return assignment_command(one, event, case, precedents)
        case RepresentativeAdded():
            return AddRepresentative(at, actor, some_id_of(one, "mandate"), origin)
        case RepresentativeRemoved():
            return RemoveRepresentative(at, actor, event.representative, origin)
        case _ if isinstance(event, CLOCK_EVENTS):
            return clock_command(one, case, _pinned(case, precedents), precedents)
        case _ if isinstance(event, MESSAGE_EVENTS):
            return message_command(one, _pinned(case, precedents))
        case _:
            if type(event) not in EVIDENCE_EVENTS:
                raise IllegalEventError(f"a {event.topic} does not happen to a case")
            return evidence_command(one, case, _pinned(case, precedents), local_date_of(one))


def _submission(one: Occurrence, event: events.CaseSubmitted, precedents: Precedents) -> commands.SubmitCase:
    definition = precedents.published(event.service, event.service_version, one.position)
    if definition is None:
        says = f"version {event.service_version} of the service {event.service} had not been published"
        raise IllegalEventError(says)
    agency = precedents.agency(definition.agency, one.position)
    if agency is None:
        raise IllegalEventError(f"the agency {definition.agency} had not been registered")
    is_import = one.envelope.origin == "import"
    agencies = precedents.agencies_around(definition.agency, one)
    if not is_import and all(each.calendar != event.calendar for each in agencies):
        raise IllegalEventError("its days are counted by another calendar than its agency's")
    asks_resources = bool(definition.evidence) and not is_import
    submission = commands.SubmitCase(
        at=one.envelope.occurred_at,
        local_date=local_day(one, event.term_began),
        actor=one.envelope.actor,
        case_id=one.stream,
        service=PublishedService(definition, event.service_version),
        time_zone=agency.time_zone,
        applicant=event.applicant,
        channel=event.channel,
        language=event.language,
        answers=_answers(one, event.open_answers, definition),
        last_day=event.last_day if is_import else None,
        calendar=precedents.calendar(event.calendar, event.calendar_version, one),
        origin=one.envelope.origin,
        identifiers=_identifiers(one),
        register=precedents.register().judged_by(event.register_version, one) if asks_resources else None,
        register_version=event.register_version,
        nonce=event.nonce,
        party=event.party,
        proved=event.proved,
        # The event of the representative, which follows, has it sealed; an organisation needs none.
        mandate=SOME_ID if one.envelope.actor.role == "representative" else None,
    )
    if submission.identifiers.keys() != (identifiers_needed(submission).keys() if asks_resources else set()):
        raise IllegalEventError("it seals identifiers by which no resource is asked")
    return submission


def _identifiers(one: Occurrence) -> dict[str, str]:
    """Return some value in place of each sealed identifier."""
    prefix = events.SEALED_IDENTIFIERS
    return {name.removeprefix(prefix): SOME_WORDS for name in one.sealed if name.startswith(prefix)}


def _pinned(case: CaseState | None, precedents: Precedents) -> ServiceDefinition:
    """Return the service's definition that the case's submission pinned."""
    pinned = None if case is None else precedents.definition(case.service, case.service_version)
    if pinned is None:
        raise IllegalEventError("the case was not submitted before")
    return pinned


def _answers(one: Occurrence, opened: dict[str, AnswerValue], service: ServiceDefinition) -> dict[str, AnswerValue]:
    """Return the open answers, and a possible answer in place of each sealed one, which nobody here can read."""
    answers = dict(opened)
    questions = service.questions_by_element
    for name in one.sealed:
        element = name.removeprefix(events.SEALED_ANSWERS)
        if element != name:
            question = questions.get(element)
            if element in opened or (question is not None and question.open):
                raise IllegalEventError("an answer is sealed whose element the service declares open")
            answers[element] = possible_answer(question)
    return answers


CASE: Final = Kind(events.CaseSubmitted, _command, decide_again, evolve, sealed_for=lambda case: case.applicant)
