"""What follows from an event about evidence: a question to the applicant, whose turn it is, or the way to the desk."""

from datetime import date
from uuid import UUID

from domain.case.evidence_events import (
    ApplicantAwaited,
    EvidenceAskedOfApplicant,
    EvidenceAwaited,
    EvidenceEnded,
    EvidenceObjected,
    EvidenceSettled,
    WhyAsked,
)
from domain.case.evidence_rules import end_of
from domain.case.evidence_state import RequestState
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from domain.event import Event
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import ENDS, Happening
from domain.service.definition import ServiceDefinition


def with_what_follows(events: tuple[Event, ...], case: CaseState, today: date) -> tuple[Event, ...]:
    """Return the events, and the one that sends the case to its desk, or says who is waited for, if that changes."""
    for event in events:
        case = evolve(case, event)
    evidence = case.evidence
    if evidence.is_settled:
        return events
    if not evidence.waits:
        return (*events, EvidenceSettled(local_date=today))
    if evidence.awaits_applicant and case.stage is not Stage.AWAITING_APPLICANT:
        return (*events, ApplicantAwaited(local_date=today))
    if not evidence.awaits_applicant and case.stage is not Stage.AWAITING_EVIDENCE:
        return (*events, EvidenceAwaited(local_date=today))
    return events


def asked_instead(
    request: RequestState,
    case: CaseState,
    service: ServiceDefinition,
    today: date,
    why: WhyAsked,
    given: tuple[str, ...] = (),
    *,
    is_exception: bool = False,
) -> tuple[Event, ...]:
    """Return the question to the applicant about what the service requires and the resource did not give, once."""
    required = {need.element for need in service.evidence if need.required}
    wanted = required.difference(given, case.evidence.asked)
    elements = tuple(name for name in request.elements if name in wanted)
    if not elements:
        return ()
    return (
        EvidenceAskedOfApplicant(
            local_date=today, resource=request.resource, elements=elements, why=why, is_exception=is_exception
        ),
    )


def ended(
    request_id: UUID,
    request: RequestState,
    today: date,
    happening: Happening,
    code: ErrorCode | None = None,
    fault: Fault | None = None,
) -> EvidenceEnded:
    """Return the end of a request without an answer.

    Raises:
        ValueError: the happening is no such end.
    """
    end = ENDS[happening]
    return EvidenceEnded(
        local_date=today,
        request_id=request_id,
        resource=request.resource,
        end=end_of(end.state),
        code=code,
        fault=fault,
        against_resource=end.counts_against_resource,
    )


def after_erasure(erased: Event, case: CaseState, today: date) -> tuple[Event, ...]:
    """Return the erasure of an applicant with what follows: nothing can be sealed or said any more, so nobody waits."""
    after = evolve(case, erased)
    if case.has_ended or not after.applicant_is_erased or case.evidence.is_settled:
        return (erased,)
    closed: list[Event] = []
    for request_id, request in case.evidence.requests.items():
        if request.under_review:
            closed.append(EvidenceObjected(local_date=today, request_id=request_id))
        elif request.is_open:
            closed.append(ended(request_id, request, today, Happening.NOT_SENT))
    return (erased, *closed, EvidenceSettled(local_date=today))
