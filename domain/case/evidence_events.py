"""What happens to the evidence of a case: asked of resources, answered or not, and then asked of the applicant.

A resource's answer is sealed under the applicant's key; the open part says which resource answered what, as of when.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from domain.case.events import SealedAnswers, SealedText
from domain.event import SEALED, Event
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import EvidenceState, Remark
from domain.evidence.values import Digest, DisputeOutcome, EvidenceDocument, SourceEntry, SourceVersion
from domain.register.values import Seconds
from domain.service.definition import Preview
from domain.values import Element, Instant, Number, Slug

LONGEST_SIGNED: Final = 400_000
"""The most characters of a signed answer, as it is sealed."""

IN_THE_SEAL: Final = "sealed"
"""What stands open in place of a text that only the seal has."""

EvidenceEnd: TypeAlias = Literal[
    EvidenceState.NOT_FOUND,
    EvidenceState.REFUSED,
    EvidenceState.PREVIEW_REJECTED,
    EvidenceState.TIMED_OUT,
    EvidenceState.FAILED,
]
"""How a request ends without an answer."""

WhyAsked: TypeAlias = EvidenceEnd | Literal["NotIntegrated", "NotGranted", "NotInAnswer"]
"""Why the applicant is asked: how the request ended, or why there was none."""

SomeElements: TypeAlias = Annotated[tuple[Element, ...], Field(min_length=1)]


class EvidenceRequested(Event):
    """A resource is to be asked for elements, as of a day; the case waits.

    `answered_within` and `acknowledged_within` are the resource's service level, `previewed_within` is the applicant's
    time, all in seconds from `since` on; after `expires_at` nothing is waited for.
    """

    topic: ClassVar[str] = "case.evidence_requested"

    request_id: UUID
    conversation_id: UUID
    resource: Slug
    elements: SomeElements
    as_of: date
    preview: Preview
    acknowledged_within: Seconds
    answered_within: Seconds
    previewed_within: Seconds
    since: Instant
    expires_at: Instant
    register_version: Number


class EvidenceSent(Event):
    """The request was made and signed; these are the bytes that an answer must name.

    After a preview it is made a second time, and the resource's time begins anew.
    """

    topic: ClassVar[str] = "case.evidence_sent"

    request_id: UUID
    request_hash: Digest
    since: Instant


class EvidenceAcknowledged(Event):
    """The resource has the request."""

    topic: ClassVar[str] = "case.evidence_acknowledged"

    request_id: UUID


class EvidenceDeferred(Event):
    """The resource will answer later, at that time."""

    topic: ClassVar[str] = "case.evidence_deferred"

    request_id: UUID
    available_at: Instant


class EvidencePreviewAsked(Event):
    """The resource answers once the applicant has looked at what it would answer, at a place of the resource's."""

    topic: ClassVar[str] = "case.evidence_preview_asked"

    local_date: date
    request_id: UUID
    since: Instant
    location: SealedText = None


class EvidenceAnswered(Event):
    """The resource has answered these elements, or named a document.

    What it says of its register's entry is sealed in `source_entry`, since two cases that show the same one would be
    seen to be one person's. The first version had it in clear: `document`, `valid_from` and `valid_to` are null since
    then, and `source_version` is `IN_THE_SEAL`. `signed_answer` is the resource's message.
    """

    topic: ClassVar[str] = "case.evidence_answered"
    schema_version: ClassVar[int] = 2

    local_date: date
    request_id: UUID
    resource: Slug
    response_id: UUID
    answered: tuple[Element, ...]
    is_document: bool
    document: EvidenceDocument | None
    as_of: date
    source_version: SourceVersion
    valid_from: date | None
    valid_to: date | None
    answer_hash: Digest
    source_entry: Annotated[SourceEntry | None, SEALED] = None
    sealed_answers: SealedAnswers = None
    signed_answer: Annotated[Annotated[str, Field(max_length=LONGEST_SIGNED)] | None, SEALED] = None


class EvidenceReviewAsked(Event):
    """The applicant must see what was answered, and agree, before it is used."""

    topic: ClassVar[str] = "case.evidence_review_asked"

    local_date: date
    request_id: UUID
    since: Instant


class EvidenceEnded(Event):
    """There is no answer; `against_resource` says whether that counts against the resource."""

    topic: ClassVar[str] = "case.evidence_ended"

    local_date: date
    request_id: UUID
    resource: Slug
    end: EvidenceEnd
    code: ErrorCode | None
    fault: Fault | None
    against_resource: bool


class EvidenceRemarked(Event):
    """A message came that changes nothing: late, repeated, or not proven to be the resource's word."""

    topic: ClassVar[str] = "case.evidence_remarked"

    request_id: UUID
    remark: Remark
    fault: Fault | None


class EvidenceAccepted(Event):
    """The applicant has looked, and agrees. After a resource's preview it is asked a second time from `since` on."""

    topic: ClassVar[str] = "case.evidence_accepted"

    local_date: date
    request_id: UUID
    since: Instant


class EvidenceObjected(Event):
    """The applicant does not want what was answered to be used: it counts as not answered."""

    topic: ClassVar[str] = "case.evidence_objected"

    local_date: date
    request_id: UUID
    reason: SealedText = None


class EvidenceDisputed(Event):
    """The applicant says that the register is wrong; the resource is asked to correct it."""

    topic: ClassVar[str] = "case.evidence_disputed"

    request_id: UUID
    dispute_id: UUID
    resource: Slug
    elements: SomeElements
    statement: SealedText = None


class EvidenceDisputeSent(Event):
    """The dispute was made and signed; these are the bytes that a reply must name."""

    topic: ClassVar[str] = "case.evidence_dispute_sent"

    dispute_id: UUID
    dispute_hash: Digest


class EvidenceDisputeAnswered(Event):
    """The resource has said what it makes of the dispute.

    The version of the entry that it has corrected is sealed. The first version of the event had it in clear, as
    `source_version`, which is null now.
    """

    topic: ClassVar[str] = "case.evidence_dispute_answered"
    schema_version: ClassVar[int] = 2

    dispute_id: UUID
    outcome: DisputeOutcome
    source_version: SourceVersion | None
    corrected_version: Annotated[SourceVersion | None, SEALED] = None


class EvidenceAskedOfApplicant(Event):
    """The applicant is asked for what the resource did not give.

    `is_exception` says whether that is the resource's doing, so that it is counted against it (once only).
    """

    topic: ClassVar[str] = "case.evidence_asked_of_applicant"

    local_date: date
    resource: Slug
    elements: SomeElements
    why: WhyAsked
    is_exception: bool


class EvidenceSupplied(Event):
    """The applicant has given what the resource did not."""

    topic: ClassVar[str] = "case.evidence_supplied"

    local_date: date
    supplied: SomeElements
    sealed_answers: SealedAnswers = None


class EvidenceAwaited(Event):
    """Only resources owe an answer from now on: the applicant has nothing more to say for the present."""

    topic: ClassVar[str] = "case.evidence_awaited"

    local_date: date


class ApplicantAwaited(Event):
    """The applicant still has something to say, after what they have just said."""

    topic: ClassVar[str] = "case.applicant_awaited"

    local_date: date


class EvidenceSettled(Event):
    """No evidence is waited for any more: the case goes to its desk."""

    topic: ClassVar[str] = "case.evidence_settled"

    local_date: date


EVIDENCE_EVENTS: Final[tuple[type[Event], ...]] = (
    EvidenceRequested,
    EvidenceSent,
    EvidenceAcknowledged,
    EvidenceDeferred,
    EvidencePreviewAsked,
    EvidenceAnswered,
    EvidenceReviewAsked,
    EvidenceEnded,
    EvidenceRemarked,
    EvidenceAccepted,
    EvidenceObjected,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceDisputeAnswered,
    EvidenceAskedOfApplicant,
    EvidenceSupplied,
    EvidenceAwaited,
    ApplicantAwaited,
    EvidenceSettled,
)
