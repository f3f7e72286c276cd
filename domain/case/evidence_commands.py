"""The commands about the evidence of a case. Each has its time and its actor.

`local_date` is the date at that time in the case's time zone; `service` is the case's version of its service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from domain.envelope import Actor, Origin
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import Happening
from domain.evidence.values import DisputeOutcome, SourceEntry
from domain.service.definition import ServiceDefinition
from domain.values import AnswerValue


class HeardAnswer(NamedTuple):
    """What a resource has answered; the values are beside it."""

    response_id: UUID
    answer_hash: str
    source_entry: SourceEntry


@dataclass(frozen=True, slots=True)
class RecordEvidenceSent:
    """Record that a request was made and signed."""

    at: datetime
    actor: Actor
    request_id: UUID
    request_hash: str
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class HearResource:
    """Take in what a resource says about a request; `answer` and `values` are those of an answer.

    `repeats` says that it is about an earlier sending of the request than the last one.
    """

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    request_id: UUID
    happening: Happening
    available_at: datetime | None = None
    code: ErrorCode | None = None
    fault: Fault | None = None
    location: str | None = field(default=None, repr=False)
    answer: HeardAnswer | None = None
    values: Mapping[str, AnswerValue] = field(default_factory=dict, repr=False)
    signed_answer: str | None = field(default=None, repr=False)
    repeats: bool = False
    origin: Origin = "resource"


@dataclass(frozen=True, slots=True)
class RunOutEvidence:
    """Record that a clock of a request has run out."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    request_id: UUID
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class AcceptEvidence:
    """Agree to what was or would be answered."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    request_id: UUID
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class ObjectToEvidence:
    """Do not agree to what was or would be answered."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    request_id: UUID
    reason: str | None = field(default=None, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class DisputeEvidence:
    """Say that the register is wrong about some elements."""

    at: datetime
    actor: Actor
    case_id: UUID
    request_id: UUID
    elements: tuple[str, ...]
    statement: str = field(repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RecordDisputeSent:
    """Record that a dispute was made and signed."""

    at: datetime
    actor: Actor
    dispute_id: UUID
    dispute_hash: str
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class HearAboutDispute:
    """Take in what a resource makes of a dispute."""

    at: datetime
    actor: Actor
    dispute_id: UUID
    outcome: DisputeOutcome
    source_version: str | None = field(repr=False)
    origin: Origin = "resource"


@dataclass(frozen=True, slots=True)
class SupplyElements:
    """Give what the resources did not."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    answers: Mapping[str, AnswerValue] = field(repr=False)
    origin: Origin = "live"


EvidenceCommand: TypeAlias = (
    RecordEvidenceSent
    | HearResource
    | RunOutEvidence
    | AcceptEvidence
    | ObjectToEvidence
    | DisputeEvidence
    | RecordDisputeSent
    | HearAboutDispute
    | SupplyElements
)
