"""The evidence of a case after its events: what was asked of whom, and what is still missing."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.evidence_events import (
    ApplicantAwaited,
    EvidenceAccepted,
    EvidenceAcknowledged,
    EvidenceAnswered,
    EvidenceAskedOfApplicant,
    EvidenceAwaited,
    EvidenceDeferred,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceEnded,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceRequested,
    EvidenceReviewAsked,
    EvidenceSent,
    EvidenceSettled,
    EvidenceSupplied,
)
from domain.event import Event, UnknownEventError
from domain.evidence.clocks import Progress, Terms, advanced, prepared
from domain.evidence.progress import SETTLED, EvidenceState, Happening, Remark
from domain.evidence.values import DisputeOutcome
from domain.service.definition import Preview

_LAST_WORDS: Final = frozenset({"corrected", "confirmed", "refused"})


class DisputeState(NamedTuple):
    """A dispute: what it is about, the hash of its bytes once it was sent, and the resource's latest word."""

    request_id: UUID
    elements: tuple[str, ...]
    hash: str | None = None
    outcome: DisputeOutcome | None = None

    @property
    def is_over(self) -> bool:
        """Return whether the resource has had its last word."""
        return self.outcome in _LAST_WORDS


class RequestState(NamedTuple):
    """One request for evidence.

    Attributes:
        hashes: of the bytes that were sent: the first ones, and those after a preview.
        under_review: whether the applicant must agree to what was answered before it is used.
        has_agreed: whether the applicant has agreed to the resource's preview, so that it is asked once more; until it
            says that they must look again.
        objected: whether the applicant has objected to what was answered.
        response_id: of the answer.
        remarks: what was remarked already, so that it is recorded once.
    """

    conversation_id: UUID
    resource: str
    elements: tuple[str, ...]
    as_of: date
    preview: Preview
    asked_at: datetime
    terms: Terms
    progress: Progress
    register_version: int
    hashes: tuple[str, ...] = ()
    under_review: bool = False
    has_agreed: bool = False
    objected: bool = False
    response_id: UUID | None = None
    answered: tuple[str, ...] = ()
    remarks: frozenset[tuple[Remark, str | None]] = frozenset()

    @property
    def is_open(self) -> bool:
        """Return whether the resource or the applicant still has to say something."""
        return self.progress.state not in SETTLED or self.under_review

    @property
    def awaits_applicant(self) -> bool:
        """Return whether the applicant is to look at what was or would be answered."""
        is_previewed = self.progress.state is EvidenceState.PREVIEW_PENDING and not self.has_agreed
        return is_previewed or self.under_review

    @property
    def has_agreed_and_waits(self) -> bool:
        """Return whether the resource must be asked a second time, since the applicant has agreed to its preview."""
        return self.progress.state is EvidenceState.PREVIEW_PENDING and self.has_agreed


class EvidenceOfCase(NamedTuple):
    """All requests of a case by their ids, its disputes, and what the applicant is asked for instead.

    `asked` is all that the applicant was ever asked for, `missing` is what they have not given yet.
    """

    requests: Mapping[UUID, RequestState] = MappingProxyType({})
    disputes: Mapping[UUID, DisputeState] = MappingProxyType({})
    asked: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    is_settled: bool = True

    @property
    def waits(self) -> bool:
        """Return whether anything is still waited for."""
        return bool(self.missing) or any(request.is_open for request in self.requests.values())

    @property
    def awaits_applicant(self) -> bool:
        """Return whether the applicant has something to say; else only resources have."""
        return bool(self.missing) or any(request.awaits_applicant for request in self.requests.values())


NO_EVIDENCE: Final = EvidenceOfCase()


def evolve_evidence(before: EvidenceOfCase, event: Event) -> EvidenceOfCase:  # noqa: PLR0911 - a table of the events
    """Return the evidence of a case after one more event.

    Raises:
        UnknownEventError: the event is not about evidence, or about a request that was never made.
    """
    match event:
        case EvidenceRequested():
            return _with(before, event.request_id, _requested(event))._replace(is_settled=False)
        case EvidenceAskedOfApplicant():
            asked, missing = before.asked.union(event.elements), before.missing.union(event.elements)
            return before._replace(asked=asked, missing=missing, is_settled=False)
        case EvidenceSupplied():
            return before._replace(missing=before.missing.difference(event.supplied))
        case EvidenceSettled():
            return before._replace(missing=frozenset(), is_settled=True)  # of an erased applicant nothing is expected
        case EvidenceAwaited() | ApplicantAwaited():
            return before  # they say in which stage the case is
        case EvidenceDisputed():
            dispute = DisputeState(event.request_id, event.elements)
            return before._replace(disputes={**before.disputes, event.dispute_id: dispute})
        case EvidenceDisputeSent():
            sent = _dispute(before, event, event.dispute_id)._replace(hash=event.dispute_hash)
            return before._replace(disputes={**before.disputes, event.dispute_id: sent})
        case EvidenceDisputeAnswered():
            heard = _dispute(before, event, event.dispute_id)._replace(outcome=event.outcome)
            return before._replace(disputes={**before.disputes, event.dispute_id: heard})
        case _:
            return _of_request(before, event)


def _of_request(before: EvidenceOfCase, event: Event) -> EvidenceOfCase:
    request = before.requests.get(getattr(event, "request_id", None) or UUID(int=0))
    if request is None:
        raise UnknownEventError(event)
    request_id: UUID = getattr(event, "request_id")  # noqa: B009 - it has one, as was just seen
    return _with(before, request_id, _moved(request, event))


def _moved(request: RequestState, event: Event) -> RequestState:  # noqa: C901, PLR0911 - a table of the events
    match event:
        case EvidenceSent():
            progress, _ = advanced(request.progress, Happening.SENT, event.since)
            return request._replace(progress=progress, hashes=(*request.hashes, event.request_hash))
        case EvidenceAcknowledged():
            return request._replace(progress=request.progress._replace(state=EvidenceState.ACKNOWLEDGED))
        case EvidenceDeferred():
            deferred = request.progress._replace(state=EvidenceState.DEFERRED, available_at=event.available_at)
            return request._replace(progress=deferred)
        case EvidencePreviewAsked():
            progress, _ = advanced(request.progress, Happening.PREVIEW_ASKED, event.since)
            return request._replace(progress=progress, has_agreed=False)
        case EvidenceAnswered():
            progress = request.progress._replace(state=EvidenceState.ANSWERED)
            return request._replace(progress=progress, response_id=event.response_id, answered=event.answered)
        case EvidenceReviewAsked():
            return request._replace(under_review=True, progress=request.progress._replace(preview_since=event.since))
        case EvidenceEnded():
            return request._replace(progress=request.progress._replace(state=event.end), under_review=False)
        case EvidenceRemarked():
            return request._replace(remarks=request.remarks | {(event.remark, event.fault)})
        case EvidenceAccepted():
            if request.under_review:
                return request._replace(under_review=False)
            # The window has as long to ask again as the applicant had: it may be down just now.
            return request._replace(has_agreed=True, progress=request.progress._replace(preview_since=event.since))
        case EvidenceObjected():
            return request._replace(under_review=False, objected=True)
        case _:
            raise UnknownEventError(event)


def _requested(event: EvidenceRequested) -> RequestState:
    terms = Terms(
        timedelta(seconds=event.acknowledged_within),
        timedelta(seconds=event.answered_within),
        timedelta(seconds=event.previewed_within),
        event.expires_at,
    )
    return RequestState(
        event.conversation_id,
        event.resource,
        event.elements,
        event.as_of,
        event.preview,
        event.since,
        terms,
        prepared(event.since),
        event.register_version,
    )


def _with(before: EvidenceOfCase, request_id: UUID, request: RequestState) -> EvidenceOfCase:
    return before._replace(requests={**before.requests, request_id: request})


def _dispute(before: EvidenceOfCase, event: Event, dispute_id: UUID) -> DisputeState:
    dispute = before.disputes.get(dispute_id)
    if dispute is None:
        raise UnknownEventError(event)
    return dispute
