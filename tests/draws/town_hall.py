"""The front desk of a town with officials who sit there, and one keeper: what happens to cases there."""

from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.draws.holding import Held
from application.draws.keepers import OWN, anchor_chain
from application.draws.requesting import request_draw
from application.draws.revealing import take_share
from application.draws.rosters import take_seat
from application.identity import desk_stream
from application.window import Window
from domain.case.state import CaseState
from domain.desk.commands import RevealDrawShare
from domain.desk.draw_state import OpenDraw
from domain.desk.events import OfficialDrawn
from domain.desk.state import DeskState
from domain.draw.chains import Anchor, anchor_of, anchor_statement, link_of
from domain.envelope import Actor
from tests.application.town import official, open_town

LOG = "town.example/log"
KEEPER, SECRET, LENGTH = OWN, bytes(range(32)), 40
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WINDOW = Actor(role="window", pseudonym="draw")
OFFICIALS = tuple(official(name) for name in ("murad", "nigar", "omar", "pari", "rena"))
FRONT = desk_stream("town", "front")


async def open_hall(window: Window, officials: Sequence[Caller] = OFFICIALS, limit: int = 20) -> dict[Caller, UUID]:
    """Open the town with these officials at its front desk, and a keeper; return their seats."""
    await open_town(window, {"front": limit})
    seats = {who: await take_seat(window, who, "front") for who in officials}
    await anchor(window, anchored())
    return seats


def anchored(length: int = LENGTH) -> Anchor:
    """Return the chain of the window as its own keeper."""
    return Anchor(KEEPER.bytes, FRONT.bytes, 1, length, anchor_of(KEEPER.bytes, SECRET, length))


async def anchor(window: Window, asked: Anchor, signed: Anchor | None = None, desk: str = "front") -> None:
    """Anchor a chain, signed by the window's own keeper; `signed` is what it has signed, if that is another one."""
    signature = KEY.sign(anchor_statement(signed or asked))
    await anchor_chain(window, "town", desk, asked, signature, KEY.public_key().public_bytes_raw())


async def state_of(window: Window) -> DeskState:
    """Return the front desk as it is now."""
    state = (await window.catalogue.desk("town", "front")).state
    assert state is not None
    return state


async def case_of(window: Window, case_id: UUID) -> CaseState:
    """Return a case as it is now."""
    state = (await load_case(window.ledger, case_id)).state
    assert state is not None
    return state


async def requested(window: Window, case_id: UUID, held: Sequence[UUID] = ()) -> OpenDraw:
    """Request a draw for a case; return it."""

    async def held_at(_agency: str, _desk: str) -> Held:
        return Held(held, await window.ledger.head())

    assert await request_draw(window, case_id, held_at, LOG)
    draw = (await state_of(window)).draws.draw_for(case_id)
    assert draw is not None
    return draw


def share(window: Window, draw: OpenDraw) -> RevealDrawShare:
    """Return the keeper's share of a draw."""
    source = draw.request.sources[0]
    link = link_of(KEEPER.bytes, SECRET, LENGTH, source.link).hex()
    return RevealDrawShare(window.clock(), WINDOW, FRONT, draw.request.number, KEEPER, link, checkpoint=10**6)


async def drawn(window: Window, case_id: UUID, held: Sequence[UUID] = ()) -> OfficialDrawn:
    """Request a draw for a case and reveal its share; return whom it picks."""
    picked = await take_share(window, "town", "front", share(window, await requested(window, case_id, held)))
    assert picked is not None
    return picked
