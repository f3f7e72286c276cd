"""The commands about a case between two officials."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.case.assignment_events import WhyLeft, WhyReleased
from domain.envelope import Actor, Origin


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """Take the case from an official; `has_looked` says whether they have seen it."""

    at: datetime
    actor: Actor
    official: str
    why: WhyReleased
    has_looked: bool
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class LeaveCaseWaiting:
    """Say that nobody can be drawn now."""

    at: datetime
    actor: Actor
    why: WhyLeft
    origin: Origin = "live"


AssignmentCommand: TypeAlias = ReleaseCase | LeaveCaseWaiting
