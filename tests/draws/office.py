"""A desk with officials, keepers with chains, and the commands that they send."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.desk import commands
from domain.desk.decisions import decide
from domain.desk.events import Excluded
from domain.desk.state import DeskState, evolve
from domain.draw.chains import anchor_of, link_of
from domain.draw.seats import Opening, commitment_of
from domain.envelope import Actor
from domain.event import Event

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = date(2026, 11, 30)
LOG = "window.example/log"
DESK_ID = UUID(int=7)
WINDOW = Actor(role="window", pseudonym="draw")
KEEPERS = tuple(UUID(int=100 + number) for number in range(3))
SEATS = tuple(UUID(int=200 + number) for number in range(5))
CASES = tuple(UUID(int=300 + number) for number in range(3))
LENGTH = 8
NO_NONCE = "00" * 32
ENTRY = "ee" * 32
SIGNATURE = "51" * 64
KEY = "99999999-9999-4999-8999-999999999999"


def secret_of(keeper: UUID, chain: int = 1) -> bytes:
    return bytes([keeper.int % 251, chain]) * 16


def seated(seat: UUID) -> Actor:
    return Actor(role="official", pseudonym=str(seat))


def open_desk(desk: str = "front") -> commands.OpenDesk:
    return commands.OpenDesk(AT, WINDOW, "town", desk, ("front", "back"), KEY)


def take_seat(seat: UUID, by: Actor | None = None) -> commands.TakeSeat:
    return commands.TakeSeat(at=AT, actor=by or seated(seat), seat=seat)


def anchor(keeper: UUID, chain: int = 1, length: int = LENGTH, **more: Any) -> commands.AnchorDrawChain:
    made = anchor_of(keeper.bytes, secret_of(keeper, chain), min(length, LENGTH) or 1).hex()
    known: dict[str, Any] = {
        "at": AT,
        "actor": WINDOW,
        "keeper": keeper,
        "chain": chain,
        "length": length,
        "anchor": made,
        "parts": (),
        "signature": SIGNATURE,
        "register_version": 0,
        "guardians": 0,
        "is_named": True,
        "is_signed": True,
    }
    return commands.AnchorDrawChain(**(known | more))


def commitment(seat: UUID, case: int) -> str:
    opening = Opening(seat.bytes + seat.bytes, seat.bytes, UUID(int=seat.int + 1000 * case).bytes)
    return commitment_of(opening).hex()


def request(
    case: int = 0, seats: Sequence[UUID] = SEATS, excluded: Sequence[UUID] = (), **more: Any
) -> commands.RequestDraw:
    listed = tuple(commitment(seat, case) for seat in seats)
    out = tuple(commitment(seat, case) for seat in excluded)
    known: dict[str, Any] = {
        "at": AT,
        "actor": WINDOW,
        "log": LOG,
        "keepers": frozenset(KEEPERS),
        "case_id": CASES[case],
        "case_entry": ENTRY,
        "redraw": 0,
        "why": "first",
        "nonce": NO_NONCE,
        "commitments": listed,
        "excluded": tuple(Excluded(commitment=each, why="away") for each in out),
        "counted_at": 0,
        "register_version": 0,
        "late_at": AT + timedelta(minutes=60),
        "openings": dict.fromkeys((*listed, *out), "sealed"),
    }
    return commands.RequestDraw(**(known | more))


def link(keeper: UUID, number: int, chain: int = 1) -> str:
    return link_of(keeper.bytes, secret_of(keeper, chain), LENGTH, number).hex()


def reveal(keeper: UUID, draw: int, number: int | None = None, chain: int = 1) -> commands.RevealDrawShare:
    return commands.RevealDrawShare(
        AT, WINDOW, DESK_ID, draw, keeper, link(keeper, number or draw, chain), checkpoint=10
    )


def recover(keeper: UUID, draw: int, guardians: tuple[int, int] = (3, 1)) -> commands.RecoverDrawShare:
    return commands.RecoverDrawShare(
        AT + timedelta(hours=1), WINDOW, DESK_ID, draw, keeper, link(keeper, draw), guardians
    )


def after(*sent: commands.Command, state: DeskState | None = None) -> DeskState:
    """Return the desk after these commands, all of which are allowed."""
    for command in sent:
        for event in decide(command, state):
            state = evolve(state, event)
    assert state is not None
    return state


def led_to(command: commands.Command, state: DeskState | None) -> list[Event]:
    """Return the events that a command leads to."""
    return list(decide(command, state))


OFFICE: tuple[commands.Command, ...] = (open_desk(), *(take_seat(seat) for seat in SEATS))
SERVED: tuple[commands.Command, ...] = (*OFFICE, *(anchor(keeper) for keeper in KEEPERS))
