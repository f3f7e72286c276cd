"""The commands about a case between two officials."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.agency.events import DeskOfAgency
from domain.case.assignment_events import WhyLeft, WhyMoved, WhyReleased
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


@dataclass(frozen=True, slots=True)
class MoveCase:
    """Give the case to the desk that stands in for its own, where so many can take it, are at their limit or cannot."""

    at: datetime
    actor: Actor
    to: DeskOfAgency
    why: WhyMoved
    able: int
    at_limit: int
    unable: int
    desk_version: int
    origin: Origin = "live"


AssignmentCommand: TypeAlias = ReleaseCase | LeaveCaseWaiting | MoveCase
