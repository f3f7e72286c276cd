"""The messages of the exchange. What the window sends may grow, so readers ignore what they do not know.

What a resource sends is closed: a member that the window does not know could not be recorded, and is refused.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool, model_validator

from domain.evidence.errors import ErrorCode
from domain.evidence.values import (
    SPEC,
    AskedElements,
    Assurance,
    Digest,
    DisputeOutcome,
    EvidenceDocument,
    EvidenceValues,
    MessageId,
    ReplyTo,
    Sealed,
    Severity,
    SourceVersion,
    Spec,
)
from domain.service.definition import Preview
from domain.subscription.endpoint import Endpoint
from domain.values import Instant, Line, Slug, Text, Value

_SENT: Final = ConfigDict(extra="ignore")


class EvidenceRequest(Value):
    """The window asks a resource. A retry is the same bytes; a second request after a preview has the same id.

    Attributes:
        request_id: the resource answers the same id with the same answer.
        conversation_id: random for each case and resource, and nothing that names the case.
        issued_at, answer_by, expires_at: when it was asked, until when the service level wants an answer, and after
            which instant the resource must not answer.
        resource: who is asked; nobody else may answer.
        requester, on_behalf_of: the agency whose case it is, and the one that it acts for.
        procedure, legal_basis, purpose: the service, the ground of the request, and what the answer is used for.
        subject: a sealed `Subject`: whom the request is about.
        assurance: how sure the window is who that is.
        representative, mandate: a sealed `Subject` and the ground on which they act, if somebody acts for the subject.
        elements: what is asked, and nothing else may be answered.
        as_of: the day whose facts are asked.
        explicit_request: whether the person asked for this exchange themselves.
        preview: whether the person can, or must, see what would be answered.
        preview_location: in a second request, where the person has seen it.
        return_location: where the person goes back to after a preview.
        reply_to: where a late answer goes, if the resource is asked over HTTP.
    """

    model_config = _SENT

    type: Literal["request"] = "request"
    spec: Spec = SPEC
    request_id: MessageId
    conversation_id: UUID
    issued_at: Instant
    answer_by: Instant
    expires_at: Instant
    resource: Slug
    requester: Slug
    on_behalf_of: Slug | None = None
    procedure: Slug
    legal_basis: Line
    purpose: Text
    subject: Sealed
    assurance: Assurance
    representative: Sealed | None = None
    mandate: Line | None = None
    elements: AskedElements
    as_of: date
    explicit_request: StrictBool
    preview: Preview
    preview_location: Endpoint | None = None
    return_location: Endpoint | None = None
    reply_to: ReplyTo | None = None

    @model_validator(mode="after")
    def _times_follow(self) -> Self:
        if not self.issued_at <= self.answer_by <= self.expires_at:
            raise ValueError("a request is issued, then due, then expires")
        return self


class Acknowledgement(Value):
    """The resource has the request; `available_at` says that the answer comes only then."""

    type: Literal["acknowledgement"] = "acknowledgement"
    spec: Spec = SPEC
    request_id: MessageId
    request_hash: Digest
    issued_at: Instant
    available_at: Instant | None = None


class EvidenceAnswer(Value):
    """What the resource holds: values of elements, or what a document is known by.

    Attributes:
        response_id: of this answer; the same one when the same request comes again.
        request_hash: SHA-256 of the request's bytes as they were received: the proof which question was answered.
        valid_from, valid_to: the days on which this is so; None where the register knows no bound.
        source_version: the version of the register's entry.
    """

    type: Literal["answer"] = "answer"
    spec: Spec = SPEC
    request_id: MessageId
    request_hash: Digest
    response_id: UUID
    issued_at: Instant
    values: EvidenceValues | None = None
    document: EvidenceDocument | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source_version: SourceVersion

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.values is None) == (self.document is None):
            raise ValueError("an answer has values or a document")
        return self


class ErrorReply(Value):
    """The resource does not answer with evidence; `detail` is for operators, and names no person."""

    type: Literal["error"] = "error"
    spec: Spec = SPEC
    request_id: MessageId
    request_hash: Digest
    response_id: UUID
    issued_at: Instant
    code: ErrorCode
    severity: Severity = "error"
    preview_location: Endpoint | None = None
    detail: Line | None = None

    @model_validator(mode="after")
    def _says_where_the_preview_is(self) -> Self:
        is_preview = self.code is ErrorCode.PREVIEW_REQUIRED
        if (self.severity == "preview_required") != is_preview or (self.preview_location is not None) != is_preview:
            raise ValueError("a preview that is required has its severity and its location, and nothing else has")
        return self


class EvidenceDispute(Value):
    """The person says that the register is wrong; the resource is asked to look and to correct it.

    `statement` is a sealed `Statement`, `subject` the sealed `Subject` of the request.
    """

    model_config = _SENT

    type: Literal["dispute"] = "dispute"
    spec: Spec = SPEC
    dispute_id: MessageId
    request_id: MessageId
    response_id: UUID
    request_hash: Digest
    conversation_id: UUID
    issued_at: Instant
    answer_by: Instant
    resource: Slug
    requester: Slug
    subject: Sealed
    elements: AskedElements
    statement: Sealed
    reply_to: ReplyTo | None = None


class DisputeReply(Value):
    """What the resource says to a dispute, first that it looks, later what it found."""

    type: Literal["dispute_reply"] = "dispute_reply"
    spec: Spec = SPEC
    dispute_id: MessageId
    dispute_hash: Digest
    issued_at: Instant
    outcome: DisputeOutcome
    source_version: SourceVersion | None = None
    detail: Line | None = None


Asked: TypeAlias = Annotated[EvidenceRequest | EvidenceDispute, Field(discriminator="type")]
"""What the window sends."""

Reply: TypeAlias = Annotated[Acknowledgement | EvidenceAnswer | ErrorReply | DisputeReply, Field(discriminator="type")]
"""What a resource sends."""

MESSAGES: Final[Mapping[str, type[Value]]] = MappingProxyType(
    {
        "request": EvidenceRequest,
        "acknowledgement": Acknowledgement,
        "answer": EvidenceAnswer,
        "error": ErrorReply,
        "dispute": EvidenceDispute,
        "dispute_reply": DisputeReply,
    }
)
"""Every message by its type."""
