"""Decides the commands about the evidence of a case, and what follows from each before its case may go on."""

from datetime import date
from typing import assert_never

from domain.case import evidence_rules as rules
from domain.case.evidence_commands import (
    AcceptEvidence,
    DisputeEvidence,
    EvidenceCommand,
    HearAboutDispute,
    HearResource,
    ObjectToEvidence,
    RecordDisputeSent,
    RecordEvidenceSent,
    RunOutEvidence,
    SupplyElements,
)
from domain.case.evidence_events import (
    EvidenceAccepted,
    EvidenceAcknowledged,
    EvidenceAnswered,
    EvidenceAskedOfApplicant,
    EvidenceDeferred,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceEnded,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceReviewAsked,
    EvidenceSent,
    EvidenceSettled,
    EvidenceSupplied,
    WhyAsked,
)
from domain.case.evidence_ids import dispute_id_of
from domain.case.evidence_state import EvidenceOfCase, RequestState, evolve_evidence
from domain.case.state import CaseState
from domain.event import Event
from domain.evidence.clocks import ran_out
from domain.evidence.progress import ENDS, EvidenceState, Happening, Remark, outcome
from domain.service.definition import ServiceDefinition


def decide_evidence(command: EvidenceCommand, case: CaseState) -> tuple[Event, ...]:  # noqa: C901, PLR0911 - a table of the commands
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case RecordEvidenceSent():
            return _sent(command, case)
        case HearResource():
            return _heard(command, case)
        case RunOutEvidence():
            return _ran_out(command, case)
        case AcceptEvidence():
            return _accepted(command, case)
        case ObjectToEvidence():
            return _objected(command, case)
        case DisputeEvidence():
            return _disputed(command, case)
        case RecordDisputeSent():
            rules.by_the_window(command)
            dispute = rules.known_dispute(command.dispute_id, case)
            if dispute.hash is not None:
                return ()
            return (EvidenceDisputeSent(dispute_id=command.dispute_id, dispute_hash=command.dispute_hash),)
        case HearAboutDispute():
            return _heard_about_dispute(command, case)
        case SupplyElements():
            return _supplied(command, case)
        case _:
            assert_never(command)


def what_follows(case: EvidenceOfCase, today: date, *, nobody_answers: bool) -> tuple[Event, ...]:
    """Return the event that sends the case to its desk, if nothing is waited for any more.

    `nobody_answers` says that the applicant is erased, and so is never waited for.
    """
    missing = case.missing and not nobody_answers
    if case.is_settled or missing or any(request.is_open for request in case.requests.values()):
        return ()
    return (EvidenceSettled(local_date=today),)


def asked_instead(
    request: RequestState,
    service: ServiceDefinition,
    today: date,
    why: WhyAsked,
    answered: tuple[str, ...] = (),
    *,
    is_exception: bool,
) -> tuple[Event, ...]:
    """Return the question to the applicant about what the service requires and the resource did not give."""
    required = {need.element for need in service.evidence if need.required}
    elements = tuple(name for name in request.elements if name in required and name not in answered)
    if not elements:
        return ()
    return (
        EvidenceAskedOfApplicant(
            local_date=today, resource=request.resource, elements=elements, why=why, is_exception=is_exception
        ),
    )


def _with_what_follows(events: tuple[Event, ...], case: CaseState, today: date) -> tuple[Event, ...]:
    after = case.evidence
    for event in events:
        after = evolve_evidence(after, event)
    return (*events, *what_follows(after, today, nobody_answers=case.applicant_is_erased))


def _sent(command: RecordEvidenceSent, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_window(command)
    request = rules.known_request(command.request_id, case)
    rules.case_still_waits(case)
    is_first = request.progress.state is EvidenceState.PREPARED
    is_second = request.progress.state is EvidenceState.PREVIEW_PENDING and request.has_agreed
    if not (is_first or is_second):
        return ()
    return (EvidenceSent(request_id=command.request_id, request_hash=command.request_hash, since=command.at),)


def _heard(command: HearResource, case: CaseState) -> tuple[Event, ...]:
    request = rules.known_request(command.request_id, case)
    rules.by_the_resource(command, request.resource)
    result = outcome(request.progress.state, command.happening)
    remark = result.remark
    if remark is None and case.has_ended:
        remark = Remark.LATE  # nobody waits for anything any more
    if remark is not None:
        known = (remark, command.fault) in request.remarks
        said = EvidenceRemarked(request_id=command.request_id, remark=remark, fault=command.fault)
        return () if known else (said,)
    today, service = command.local_date, command.service
    match command.happening:
        case Happening.ACKNOWLEDGED:
            return (EvidenceAcknowledged(request_id=command.request_id),)
        case Happening.DEFERRED:
            until = rules.promised(command, request)
            return (EvidenceDeferred(request_id=command.request_id, available_at=until),)
        case Happening.PREVIEW_ASKED:
            location = None if case.applicant_is_erased else command.location
            return (EvidencePreviewAsked(request_id=command.request_id, since=command.at, location=location),)
        case Happening.ANSWERED:
            if not case.applicant_is_erased:
                return _answered(command, request, case)
    end = _ended(command, request, command.happening if not case.applicant_is_erased else Happening.NOT_SENT)
    why = end.end
    follows = asked_instead(request, service, today, why, is_exception=end.against_resource)
    return _with_what_follows((end, *(() if case.applicant_is_erased else follows)), case, today)


def _answered(command: HearResource, request: RequestState, case: CaseState) -> tuple[Event, ...]:
    heard = rules.known_answer(command)
    answered = tuple(name for name in request.elements if name in command.values)
    event = EvidenceAnswered(
        local_date=command.local_date,
        request_id=command.request_id,
        resource=request.resource,
        response_id=heard.response_id,
        answered=answered,
        document=heard.document,
        as_of=request.as_of,
        source_version=heard.source_version,
        valid_from=heard.valid_from,
        valid_to=heard.valid_to,
        answer_hash=heard.answer_hash,
        sealed_answers=dict(command.values) or None,
        signed_answer=command.signed_answer,
    )
    today, service = command.local_date, command.service
    given = answered if heard.document is None else request.elements  # a document stands for all that was asked
    follows = asked_instead(request, service, today, "NotInAnswer", given, is_exception=False)
    if request.preview == "required" and request.progress.preview_since is None:  # the resource has shown nothing
        review = EvidenceReviewAsked(request_id=command.request_id, since=command.at)
        return _with_what_follows((event, *follows, review), case, today)
    return _with_what_follows((event, *follows), case, today)


def _ended(command: HearResource | RunOutEvidence, request: RequestState, happening: Happening) -> EvidenceEnded:
    end = ENDS[happening]
    code, fault = (command.code, command.fault) if isinstance(command, HearResource) else (None, None)
    return EvidenceEnded(
        local_date=command.local_date,
        request_id=command.request_id,
        resource=request.resource,
        end=rules.end_of(end.state),
        code=code,
        fault=fault,
        against_resource=end.counts_against_resource,
    )


def _ran_out(command: RunOutEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_clock(command)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    today, service = command.local_date, command.service
    if request.under_review:
        rules.review_is_over(command, request)
        objected = EvidenceObjected(local_date=today, request_id=command.request_id)
        follows = asked_instead(request, service, today, EvidenceState.PREVIEW_REJECTED, is_exception=False)
        return _with_what_follows((objected, *follows), case, today)
    due = ran_out(request.progress, request.terms, command.at)
    if due is None:
        raise rules.nothing_has_run_out()
    happening = due.leads_to
    if happening is Happening.TIMED_OUT and request.progress.state is EvidenceState.PREPARED:
        happening = Happening.NOT_SENT  # nothing has left the window, so that it is not the resource's doing
    end = _ended(command, request, happening)
    follows = asked_instead(request, service, today, end.end, is_exception=end.against_resource)
    return _with_what_follows((end, *(() if case.applicant_is_erased else follows)), case, today)


def _accepted(command: AcceptEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    rules.applicant_is_asked_to_look(request)
    accepted = EvidenceAccepted(local_date=command.local_date, request_id=command.request_id)
    return _with_what_follows((accepted,), case, command.local_date)


def _objected(command: ObjectToEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    rules.reason_can_be_sealed(command.reason, case)
    rules.objection_is_in_time(request)
    today, service = command.local_date, command.service
    asked = asked_instead(request, service, today, EvidenceState.PREVIEW_REJECTED, is_exception=False)
    objected = EvidenceObjected(local_date=today, request_id=command.request_id, reason=command.reason)
    if request.progress.state is not EvidenceState.PREVIEW_PENDING:
        return _with_what_follows((objected, *asked), case, today)
    end = EvidenceEnded(
        local_date=command.local_date,
        request_id=command.request_id,
        resource=request.resource,
        end=EvidenceState.PREVIEW_REJECTED,
        code=None,
        fault=None,
        against_resource=False,
    )
    return _with_what_follows((objected, end, *asked), case, today)


def _disputed(command: DisputeEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    request = rules.known_request(command.request_id, case)
    rules.disputed_elements_were_answered(command, request)
    rules.statement_can_be_sealed(command, case)
    number = len(case.evidence.disputes) + 1
    return (
        EvidenceDisputed(
            request_id=command.request_id,
            dispute_id=dispute_id_of(command.case_id, number, command.at),
            resource=request.resource,
            elements=command.elements,
            statement=command.statement,
        ),
    )


def _heard_about_dispute(command: HearAboutDispute, case: CaseState) -> tuple[Event, ...]:
    dispute = rules.known_dispute(command.dispute_id, case)
    rules.by_the_resource(command, case.evidence.requests[dispute.request_id].resource)
    if dispute.outcome == command.outcome or dispute.outcome in rules.LAST_WORDS:
        return ()
    return (
        EvidenceDisputeAnswered(
            dispute_id=command.dispute_id, outcome=command.outcome, source_version=command.source_version
        ),
    )


def _supplied(command: SupplyElements, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    rules.answers_are_what_is_missing(command, case)
    answers = dict(command.answers)
    supplied = EvidenceSupplied(
        local_date=command.local_date, supplied=tuple(sorted(answers)), sealed_answers=answers or None
    )
    return _with_what_follows((supplied,), case, command.local_date)
