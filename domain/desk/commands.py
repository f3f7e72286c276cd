"""The commands of a desk. Each has its time and its actor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from domain.desk.events import Excluded, WhyDrawn
from domain.envelope import Actor, Origin


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Make a desk of an agency one whose cases are drawn for; `desks` are those that the agency has."""

    at: datetime
    actor: Actor
    agency: str
    desk: str
    desks: tuple[str, ...]
    key: str
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Sit down at a desk, under a new seat."""

    at: datetime
    actor: Actor
    seat: UUID
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    """Sit at the desk no longer."""

    at: datetime
    actor: Actor
    seat: UUID
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class DeclareAbsence:
    """Be away from one day to another, or until further notice; `local_date` is today in the agency's zone."""

    at: datetime
    local_date: date
    actor: Actor
    seat: UUID
    first_day: date
    last_day: date | None = None
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """Be back, or do not go away after all."""

    at: datetime
    local_date: date
    actor: Actor
    seat: UUID
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class DeclareConflict:
    """Be given no case of somebody; the vault knows of whom."""

    at: datetime
    actor: Actor
    seat: UUID
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class EndConflict:
    """Be given cases of that one again."""

    at: datetime
    actor: Actor
    seat: UUID
    number: int
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class AnchorDrawChain:
    """Anchor a chain; one of the same keeper that is still in use is replaced.

    `is_named` says whether the register's rules name the keeper, and `is_signed` whether the signature is the keeper's
    over `domain.draw.chains.anchor_statement`. `guardians` is how many the rules name.
    """

    at: datetime
    actor: Actor
    keeper: UUID
    chain: int
    length: int
    anchor: str
    parts: tuple[str, ...]
    signature: str
    register_version: int
    guardians: int = field(kw_only=True)
    is_named: bool = field(kw_only=True)
    is_signed: bool = field(kw_only=True)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RequestDraw:
    """Fix a draw for a case that waits for an official; `openings` is commitment -> salt, seat and pseudonym.

    `log` is the name of the public log; `keepers` are those whom the register's rules name now.
    """

    at: datetime
    actor: Actor
    log: str
    keepers: frozenset[UUID]
    case_id: UUID
    case_entry: str
    redraw: int
    why: WhyDrawn
    nonce: str
    commitments: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    counted_at: int
    register_version: int
    late_at: datetime
    openings: Mapping[str, str] = field(repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RevealDrawShare:
    """Reveal a link for a draw that a checkpoint of this size covers."""

    at: datetime
    actor: Actor
    desk_id: UUID
    number: int
    keeper: UUID
    link: str
    checkpoint: int
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RecoverDrawShare:
    """Bring the link of a late keeper, from the secret that two guardians have given back."""

    at: datetime
    actor: Actor
    desk_id: UUID
    number: int
    keeper: UUID
    link: str
    guardians: tuple[int, int]
    origin: Origin = "live"


RosterCommand: TypeAlias = TakeSeat | LeaveSeat | DeclareAbsence | EndAbsence | DeclareConflict | EndConflict
DrawCommand: TypeAlias = AnchorDrawChain | RequestDraw | RevealDrawShare | RecoverDrawShare
Command: TypeAlias = OpenDesk | RosterCommand | DrawCommand
