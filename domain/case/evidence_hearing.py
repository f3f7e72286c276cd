"""Decides what a resource's message leads to, or that none came in time."""

from dataclasses import replace

from domain.case import evidence_rules as rules
from domain.case.evidence_commands import HearAboutDispute, HearResource, RunOutEvidence
from domain.case.evidence_events import (
    IN_THE_SEAL,
    EvidenceAcknowledged,
    EvidenceAnswered,
    EvidenceDeferred,
    EvidenceDisputeAnswered,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceReviewAsked,
)
from domain.case.evidence_following import asked_instead, ended, with_what_follows
from domain.case.evidence_state import RequestState
from domain.case.refusals import EvidenceClockRuns
from domain.case.state import CaseState
from domain.event import Event
from domain.evidence.clocks import ran_out
from domain.evidence.progress import EvidenceState, Happening


def heard(command: HearResource, case: CaseState) -> tuple[Event, ...]:
    """Return what the resource's message leads to; none when it was remarked already."""
    request = rules.known_request(command.request_id, case)
    rules.by_the_resource(command, request.resource)
    rules.resource_can_say(command)
    if command.happening is Happening.DEFERRED:
        command = replace(command, available_at=rules.promised(command, request))
    remark = rules.remark_on(command, request, case)
    if remark is not None:
        said = EvidenceRemarked(request_id=command.request_id, remark=remark, fault=command.fault)
        return () if (remark, command.fault) in request.remarks else (said,)
    match command.happening:
        case Happening.ACKNOWLEDGED:
            return (EvidenceAcknowledged(request_id=command.request_id),)
        case Happening.DEFERRED:
            until = rules.promised(command, request)
            return (EvidenceDeferred(request_id=command.request_id, available_at=until),)
        case Happening.PREVIEW_ASKED:
            asked = EvidencePreviewAsked(
                local_date=command.local_date,
                request_id=command.request_id,
                since=command.at,
                location=rules.known_location(command),
            )
            return (asked,)
        case Happening.ANSWERED:
            return _answered(command, request, case)
        case _:
            return _ended(command, request, case, command.happening)


def ran_out_of_time(command: RunOutEvidence, case: CaseState) -> tuple[Event, ...]:
    """Return what follows when a clock of a request has run out."""
    rules.by_the_clock(command)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    today, service = command.local_date, command.service
    if request.under_review:
        rules.review_is_over(command, request)
        objected = EvidenceObjected(local_date=today, request_id=command.request_id)
        asked = asked_instead(request, case, service, today, EvidenceState.PREVIEW_REJECTED)
        return with_what_follows((objected, *asked), case, today)
    due = ran_out(request.progress, request.terms, command.at)
    if due is None:
        raise EvidenceClockRuns
    is_unsent = request.progress.state is EvidenceState.PREPARED or request.has_agreed_and_waits
    # Where nothing has left the window, it is neither the resource's doing nor the applicant's.
    return _ended(command, request, case, Happening.NOT_SENT if is_unsent else due.leads_to)


def heard_about_dispute(command: HearAboutDispute, case: CaseState) -> tuple[Event, ...]:
    """Return what a resource's reply to a dispute leads to; none when it has said so, or has had its last word."""
    dispute = rules.known_dispute(command.dispute_id, case)
    rules.by_the_resource(command, case.evidence.requests[dispute.request_id].resource)
    if dispute.outcome == command.outcome or dispute.is_over:
        return ()
    replied = EvidenceDisputeAnswered(
        dispute_id=command.dispute_id,
        outcome=command.outcome,
        source_version=None,
        # Of an erased applicant's entry nothing is kept: nobody is left who could read it.
        corrected_version=None if case.applicant_is_erased else command.source_version,
    )
    return (replied,)


def _answered(command: HearResource, request: RequestState, case: CaseState) -> tuple[Event, ...]:
    answer = rules.known_answer(command, request)
    answered = tuple(name for name in request.elements if name in command.values)
    event = EvidenceAnswered(
        local_date=command.local_date,
        request_id=command.request_id,
        resource=request.resource,
        response_id=answer.response_id,
        answered=answered,
        is_document=answer.source_entry.document is not None,
        document=None,
        as_of=request.as_of,
        source_version=IN_THE_SEAL,
        valid_from=None,
        valid_to=None,
        answer_hash=answer.answer_hash,
        source_entry=answer.source_entry,
        sealed_answers=dict(command.values) or None,
        signed_answer=command.signed_answer,
    )
    today, service = command.local_date, command.service
    given = request.elements if event.is_document else answered  # a document stands for all that was asked
    asked = asked_instead(request, case, service, today, "NotInAnswer", given)
    if request.preview == "required" and not request.has_agreed:  # the applicant has not seen it yet
        review = EvidenceReviewAsked(local_date=today, request_id=command.request_id, since=command.at)
        return with_what_follows((event, *asked, review), case, today)
    return with_what_follows((event, *asked), case, today)


def _ended(
    command: HearResource | RunOutEvidence, request: RequestState, case: CaseState, happening: Happening
) -> tuple[Event, ...]:
    today = command.local_date
    code, fault = (command.code, command.fault) if isinstance(command, HearResource) else (None, None)
    end = ended(command.request_id, request, today, happening, code, fault)
    asked = asked_instead(request, case, command.service, today, end.end, is_exception=end.against_resource)
    return with_what_follows((end, *asked), case, today)
