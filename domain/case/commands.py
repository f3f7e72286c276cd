"""What may be asked about a case. Time, ids and actor arrive here; nothing below reads a clock or draws a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.envelope import Actor, Origin
from domain.service.definition import ServiceDefinition
from domain.values import AnswerValue


@dataclass(frozen=True, slots=True)
class SubmitCase:
    """Ask for a service. `version` is the published one, None when none is; imports bring their own deadline."""

    at: datetime
    actor: Actor
    case_id: UUID
    applicant: str
    service: ServiceDefinition
    version: int | None
    time_zone: str
    channel: str
    language: str
    answers: Mapping[str, AnswerValue]
    origin: Origin = "live"
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssignCase:
    """Give the case to an official: the desk's oldest case, never one that the official picked."""

    at: datetime
    actor: Actor
    official: str
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RecordStep:
    """Record that a step of the pinned service version was done."""

    at: datetime
    actor: Actor
    service: ServiceDefinition
    step: str
    note: str | None = None
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class AskApplicant:
    """Ask the applicant; the case waits for the answer."""

    at: datetime
    actor: Actor
    service: ServiceDefinition
    question: str
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Answer the open question."""

    at: datetime
    actor: Actor
    service: ServiceDefinition
    answer: str
    answers: Mapping[str, AnswerValue]


@dataclass(frozen=True, slots=True)
class DecideCase:
    """Decide the request."""

    at: datetime
    actor: Actor
    outcome: str
    legal_basis: str
    reasons: str


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the case."""

    at: datetime
    actor: Actor
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    """Take the request back."""

    at: datetime
    actor: Actor
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Open a closed case again, by an order."""

    at: datetime
    actor: Actor
    order: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EraseSubject:
    """Record that a person of the case is erased."""

    at: datetime
    actor: Actor
    pseudonym: str


Command: TypeAlias = (
    SubmitCase
    | AssignCase
    | RecordStep
    | AskApplicant
    | AnswerQuestion
    | DecideCase
    | CloseCase
    | WithdrawCase
    | ReopenCase
    | EraseSubject
)
