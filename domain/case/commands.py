"""The commands of a case. Each has its time and its actor. A command's repr hides the words to be sealed.

`local_date` is the date at that time in the case's time zone. The code that builds the command looks it up, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from domain.calendar.state import MONDAY_TO_FRIDAY, KnownCalendar
from domain.case.assignment_commands import AssignmentCommand
from domain.case.clock_commands import ClockCommand
from domain.case.events import AssignmentRule, ClockAfterOrder, Outcome
from domain.case.evidence_commands import EvidenceCommand
from domain.case.message_commands import MessageCommand
from domain.case.representation_commands import RepresentationCommand
from domain.envelope import Actor, Origin
from domain.register.state import RegisterState
from domain.service.definition import PublishedService, ServiceDefinition
from domain.values import AnswerValue, Party, Term


@dataclass(frozen=True, slots=True)
class SubmitCase:
    """Ask for a published service; `time_zone` is the agency's.

    The last day is counted from the local date. Only an import states its own last day, or none. If the service needs
    evidence, `identifiers` (element -> value) are how the applicant's login names them, and `register` is the register
    of resources after `register_version` of its events. `proved` are the elements that the login has shown. `nonce` (32
    bytes, in hex) is the applicant's part in the draw.

    A representative submits by a mandate, or for an organisation that the login proves; both were checked before.
    """

    at: datetime
    local_date: date
    actor: Actor
    case_id: UUID
    service: PublishedService
    time_zone: str
    applicant: str
    channel: str
    language: str
    answers: Mapping[str, AnswerValue] = field(default_factory=dict, repr=False)
    last_day: date | None = None
    calendar: KnownCalendar = MONDAY_TO_FRIDAY
    identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proved: tuple[str, ...] = ()
    register: RegisterState | None = None
    register_version: int = 0
    nonce: str | None = None
    party: Party = "person"
    mandate: str | None = field(default=None, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class AssignCase:
    """Assign the case to an official, by the rule that says whose turn it is; `draw` is the number of the draw."""

    at: datetime
    actor: Actor
    desk: str
    official: str
    rule: AssignmentRule = "order"
    origin: Origin = "live"
    draw: int | None = None


@dataclass(frozen=True, slots=True)
class RecordStep:
    """Record a step of the pinned version of the service."""

    at: datetime
    actor: Actor
    service: ServiceDefinition
    step: str
    note: str | None = field(default=None, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class AskApplicant:
    """Ask the applicant a question, and for answers about some of the service's elements."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    question: str = field(repr=False)
    elements: tuple[str, ...] = ()
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Answer the open question, with words and with the elements that it asks for."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    answer: str = field(repr=False)
    answers: Mapping[str, AnswerValue] = field(default_factory=dict, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class DecideCase:
    """Decide, on a legal ground and with reasons; only an erased applicant is given none."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    outcome: Outcome
    legal_basis: str
    reasons: str | None = field(repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class CloseCase:
    """End the case. An import may end an undecided one."""

    at: datetime
    local_date: date
    actor: Actor
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    """Take the request back."""

    at: datetime
    local_date: date
    actor: Actor
    reason: str | None = field(default=None, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Reopen a closed case by an order, for example of a court, which says what becomes of the clock."""

    at: datetime
    local_date: date
    actor: Actor
    order: str
    reason: str | None = field(default=None, repr=False)
    origin: Origin = "live"
    clock: ClockAfterOrder = "goes_on"
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class MarkOverdue:
    """Record that the last day of the term has passed and the case is still open."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    origin: Origin = "clock"
    calendar: KnownCalendar = MONDAY_TO_FRIDAY


@dataclass(frozen=True, slots=True)
class EraseSubject:
    """Record that a person's keys in this case are destroyed."""

    at: datetime
    local_date: date
    actor: Actor
    pseudonym: str
    origin: Origin = "live"


CaseworkCommand: TypeAlias = (
    RecordStep
    | AssignCase
    | SubmitCase
    | CloseCase
    | AskApplicant
    | AnswerQuestion
    | DecideCase
    | WithdrawCase
    | ReopenCase
    | MarkOverdue
    | EraseSubject
)
Command: TypeAlias = (
    CaseworkCommand | ClockCommand | EvidenceCommand | MessageCommand | AssignmentCommand | RepresentationCommand
)
