"""The commands of an opening. Each has its time and its actor; a repr hides the reasons."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.envelope import Actor
from domain.opening.events import Looked


@dataclass(frozen=True, slots=True)
class AskOpening:
    """Ask to open the identities in a case for so many days, untold to the applicant for so many days."""

    at: datetime
    actor: Actor
    case_id: UUID
    number: int
    days: int
    sealed_days: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgreeToOpening:
    """Agree to it, as the second auditor.

    What the vault knows of the two: `is_the_first` tells that both logins are of one person, `first_is_known` that it
    still knows who has asked.
    """

    at: datetime
    actor: Actor
    reason: str = field(repr=False)
    is_the_first: bool = False
    first_is_known: bool = True


@dataclass(frozen=True, slots=True)
class DropOpening:
    """Take it back."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class RecordOpeningLook:
    """Record that one of the two reads something."""

    at: datetime
    actor: Actor
    looked_at: Looked


Command: TypeAlias = AskOpening | AgreeToOpening | DropOpening | RecordOpeningLook
