"""The commands about messages of a case. Each has its time and its actor; its repr hides the words to be sealed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from domain.envelope import Actor, Origin
from domain.service.definition import ServiceDefinition


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Write to the other side: by a form of the service, or in words of one's own."""

    at: datetime
    local_date: date
    actor: Actor
    service: ServiceDefinition
    form: str | None = field(default=None, repr=False)
    words: str | None = field(default=None, repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class TakeBackMessage:
    """Take back a message that the other side was not shown yet."""

    at: datetime
    actor: Actor
    number: int
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class ReportContact:
    """Say that the other side tried to meet outside of the window."""

    at: datetime
    actor: Actor
    statement: str = field(repr=False)
    message: int | None = None
    origin: Origin = "live"


MessageCommand: TypeAlias = SendMessage | TakeBackMessage | ReportContact
