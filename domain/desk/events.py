"""What happens to a desk. Seats are random ids: who holds one stands in the vault.

Bytes are hexadecimal text. `domain/draw` says what they are, and `docs/draw.md` how anybody checks them.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.event import SEALED, Event
from domain.values import Hex32, Instant, Line, Number, Pseudonym, Slug, Value

Signature: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
"""64 bytes: a signature by Ed25519 (RFC 8032)."""

SealedPart: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,1000}$")]
"""A guardian's part of a secret, sealed as a compact JWE."""

RegisterVersion: TypeAlias = Annotated[int, Field(ge=0)]
"""The version of the register whose rules about draws held; 0: there was no register."""

WhyDrawn: TypeAlias = Literal["first", "recusal", "absence", "departure", "appeal"]
"""Why an official is drawn: the first one, or another one instead of the last."""

WhyExcluded: TypeAlias = Literal[
    "away", "at_limit", "in_conflict", "party_to_the_case", "drawn_before", "decided_first", "more_loaded"
]
"""Why somebody who sits at the desk is not on the list of a draw."""

WhyRetired: TypeAlias = Literal["recovered", "replaced"]


class DeskOpened(Event):
    """A desk has become one whose cases are drawn for. What its draws keep for auditors is sealed under `key`."""

    topic: ClassVar[str] = "desk.opened"

    agency: Slug
    desk: Slug
    key: Pseudonym


class SeatTaken(Event):
    """An official sits at the desk."""

    topic: ClassVar[str] = "desk.seat_taken"

    seat: UUID


class SeatLeft(Event):
    """Whoever held the seat sits at the desk no longer; nobody else will have that seat."""

    topic: ClassVar[str] = "desk.seat_left"

    seat: UUID


class AbsenceDeclared(Event):
    """Who holds the seat is away from one local date to another; None: until further notice. It replaces any other.

    `local_date` is the day on which it was declared.
    """

    topic: ClassVar[str] = "desk.absence_declared"

    seat: UUID
    local_date: date
    first_day: date
    last_day: date | None


class AbsenceEnded(Event):
    """Who holds the seat is back, or does not go away after all."""

    topic: ClassVar[str] = "desk.absence_ended"

    seat: UUID
    local_date: date


class ConflictDeclared(Event):
    """Who holds the seat must decide no case of somebody, whom only the vault can tell; `number` counts at the desk."""

    topic: ClassVar[str] = "desk.conflict_declared"

    seat: UUID
    number: Number


class ConflictEnded(Event):
    """The conflict of that number is over."""

    topic: ClassVar[str] = "desk.conflict_ended"

    seat: UUID
    number: Number


class DrawChainAnchored(Event):
    """A keeper has anchored a chain of hashes for the draws of this desk, and has signed it with its Ed25519 key.

    `parts` are the chain's secret in three, each sealed for one guardian (JWE, RFC 7516); none: there are no guardians.
    """

    topic: ClassVar[str] = "desk.draw_chain_anchored"

    keeper: UUID
    chain: Number
    length: Annotated[int, Field(ge=1, le=1000)]
    anchor: Hex32
    parts: tuple[SealedPart, ...]
    register_version: RegisterVersion
    signature: Signature


class DrawChainRetired(Event):
    """No further draw uses the chain."""

    topic: ClassVar[str] = "desk.draw_chain_retired"

    keeper: UUID
    chain: Number
    why: WhyRetired


class DrawSource(Value):
    """The link of a keeper's chain that a draw will use."""

    keeper: UUID
    chain: Number
    link: Number


class Excluded(Value):
    """Somebody who sits at the desk and is not on the list: a commitment as on the list, and why."""

    commitment: Hex32
    why: WhyExcluded


class DrawRequested(Event):
    """A draw is fixed: for which case, among whom, by which links. Nobody can know yet whom it picks.

    `log` is the name of the public log that covers it. `redraw` counts the draws that the case has had before,
    at any desk. Loads were counted at position `counted_at`. A keeper that has not revealed its link by `late_at` is
    late. The openings (commitment -> salt, seat and pseudonym) are sealed for auditors.
    """

    topic: ClassVar[str] = "desk.draw_requested"

    number: Number
    log: Line
    case_id: UUID
    case_entry: Hex32
    redraw: Annotated[int, Field(ge=0, le=65_535)]
    why: WhyDrawn
    nonce: Hex32
    commitments: tuple[Hex32, ...]
    excluded: tuple[Excluded, ...]
    sources: tuple[DrawSource, ...]
    counted_at: Annotated[int, Field(ge=0)]
    register_version: RegisterVersion
    late_at: Instant
    openings: Annotated[dict[str, str] | None, SEALED] = None


class DrawShareRevealed(Event):
    """A keeper has revealed its link for a draw, which a checkpoint of that size covered."""

    topic: ClassVar[str] = "desk.draw_share_revealed"

    number: Number
    keeper: UUID
    link: Hex32
    checkpoint: Number


class DrawShareRecovered(Event):
    """A keeper was late, and two guardians have given back its secret, so its link is known; the chain is retired."""

    topic: ClassVar[str] = "desk.draw_share_recovered"

    number: Number
    keeper: UUID
    link: Hex32
    guardians: tuple[Literal[1, 2, 3], Literal[1, 2, 3]]


class OfficialDrawn(Event):
    """All shares of a draw are there, and so whom it picks: the commitment at that place of its list, from 0."""

    topic: ClassVar[str] = "desk.official_drawn"

    number: Number
    case_id: UUID
    seed: Hex32
    index: Annotated[int, Field(ge=0)]


ROSTER_EVENTS: Final[tuple[type[Event], ...]] = (
    SeatTaken,
    SeatLeft,
    AbsenceDeclared,
    AbsenceEnded,
    ConflictDeclared,
    ConflictEnded,
)
DRAW_EVENTS: Final[tuple[type[Event], ...]] = (
    DrawChainAnchored,
    DrawChainRetired,
    DrawRequested,
    DrawShareRevealed,
    DrawShareRecovered,
    OfficialDrawn,
)
DESK_EVENTS: Final[tuple[type[Event], ...]] = (DeskOpened, *ROSTER_EVENTS, *DRAW_EVENTS)
