"""The commands about the term of a case. The clock gives most of them, some an official or the agency.

`local_date` is the date in the case's time zone, `service` what the case pins, `calendar` the case's calendar as it is
known.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from domain.calendar.state import KnownCalendar
from domain.envelope import CLOCK, Actor, Origin
from domain.service.definition import ServiceDefinition
from domain.values import Term


@dataclass(frozen=True, slots=True)
class ExtendTerm:
    """Make the term longer, once, within what the service allows, on a ground and with a reason."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    calendar: KnownCalendar
    by: Term
    ground: str
    reason: str | None = field(repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class PublishSilentGrant:
    """Make public that the request is granted by law; `published_at` says where it can be read."""

    at: datetime
    local_date: date
    actor: Actor
    published_at: str
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class CountTerm:
    """Count the last day anew, after an event of the case or an act of the calendar."""

    at: datetime
    local_date: date
    service: ServiceDefinition
    calendar: KnownCalendar
    actor: Actor = CLOCK
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class WarnOfLastDay:
    """Warn that the last day is near."""

    at: datetime
    local_date: date
    service: ServiceDefinition
    calendar: KnownCalendar
    actor: Actor = CLOCK
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class EscalateCase:
    """Say that the case is overdue still."""

    at: datetime
    local_date: date
    service: ServiceDefinition
    calendar: KnownCalendar
    actor: Actor = CLOCK
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class GrantBySilence:
    """Grant the request, since nobody has decided in time; nothing up to `looked_up_to` of the ledger did."""

    at: datetime
    local_date: date
    service: ServiceDefinition
    calendar: KnownCalendar
    looked_up_to: int
    actor: Actor = CLOCK
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class NoteUnpublishedGrant:
    """Say that the agency has not made a silent grant public in time."""

    at: datetime
    local_date: date
    actor: Actor = CLOCK
    origin: Origin = "clock"


@dataclass(frozen=True, slots=True)
class LapseCase:
    """End the request, since the applicant has not answered in time."""

    at: datetime
    local_date: date
    service: ServiceDefinition
    calendar: KnownCalendar
    actor: Actor = CLOCK
    origin: Origin = "clock"


ClockCommand: TypeAlias = (
    ExtendTerm
    | PublishSilentGrant
    | CountTerm
    | WarnOfLastDay
    | EscalateCase
    | GrantBySilence
    | NoteUnpublishedGrant
    | LapseCase
)
