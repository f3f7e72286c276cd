"""Draws that pick whom a test wants. Whoever has the only keeper's secret and requests the draw, too, can do that.

This is what `independence: 1` warns of; the history that it makes is one that a window with an honest keeper makes.
"""

from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.access.callers import Caller, Role
from application.cases.case_streams import load_case
from application.deciding import change
from application.draws.holding import Held
from application.draws.keepers import KEEPER, OWN, anchor_chain
from application.draws.requesting import command_for, request_draw
from application.draws.revealing import opening_of, take_share
from application.draws.rosters import key_of, take_seat
from application.identity import desk_stream
from application.window import Window
from domain.desk.commands import RequestDraw, RevealDrawShare
from domain.desk.draw_decisions import fixed_by
from domain.desk.events import DrawRequested, OfficialDrawn
from domain.desk.state import DeskState
from domain.draw.chains import LONGEST_CHAIN, Anchor, anchor_of, anchor_statement, link_of
from domain.draw.eligibility import FEWEST
from domain.draw.seed import Share, pick, seed_of
from domain.stream_kinds import DESK

LOG: Final = "window.example/log"
_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_MOST_TRIES: Final = 10_000


async def sit_down(window: Window, official: Caller, desk: str) -> None:
    """Have an official at a desk, and enough others beside whom they can be drawn, and the window as its own keeper."""
    agency = str(official.agency)
    await take_seat(window, official, desk)
    for number in range(FEWEST):
        state = await desk_of(window, agency, desk)
        if len(state.roster.seats) >= FEWEST:
            break
        await take_seat(window, Caller("nobody", f"colleague-{number}", Role.OFFICIAL, agency), desk)
    await _has_links(window, agency, desk)


async def drawn_for(window: Window, official: Caller, case_id: UUID, held: Held | None = None) -> OfficialDrawn:
    """Have a draw for a case pick this official, who sits at its desk then.

    Raises:
        AssertionError: they are not on its list, so that no draw can pick them.
    """
    case = await load_case(window.ledger, case_id)
    assert case.state is not None
    agency, desk = case.state.agency, case.state.desk
    await sit_down(window, official, desk)
    seat = await window.vault.find(official.issuer, official.subject, desk_stream(agency, desk), "seat")
    assert seat is not None
    counted = held or Held((), await window.ledger.head())
    found = await window.catalogue.desk(agency, desk)
    for _ in range(_MOST_TRIES):
        command = await command_for(window, case, found, counted, LOG)
        (request,) = DESK.decide(command, found.state)
        assert isinstance(request, DrawRequested)
        if _picked(command, request, found.stream) == seat.key_ref:
            break
    else:
        raise AssertionError("the official is not on the draw's list")

    await change(window, found, command, find_sealing_key=partial(key_of, window, agency, desk))
    picked = await _reveal(window, agency, desk, request)
    assert picked is not None
    return picked


async def drawn(window: Window, case_id: UUID) -> None:
    """Have a draw give the case to whomever it picks; what an earlier process has left under way is ended first.

    Raises:
        Refusal: nobody can be drawn.
    """
    case = await load_case(window.ledger, case_id)
    if case.state is None:
        return

    async def held_at(_agency: str, _desk: str) -> Held:
        return Held((), await window.ledger.head())

    await _has_links(window, case.state.agency, case.state.desk)
    await request_draw(window, case_id, held_at, LOG)
    await reveal_all(window, case.state.agency, case.state.desk)


async def reveal_all(window: Window, agency: str, desk: str) -> None:
    """Reveal the links of all draws under way at a desk, in their order."""
    found = await window.catalogue.desk(agency, desk)
    under_way = {} if found.state is None else found.state.draws.under_way
    for number in sorted(under_way):
        await _reveal(window, agency, desk, under_way[number].request)


async def _reveal(window: Window, agency: str, desk: str, request: DrawRequested) -> OfficialDrawn | None:
    stream, link = desk_stream(agency, desk), _link(request).hex()
    covered = await window.ledger.head()
    reveal = RevealDrawShare(window.clock(), KEEPER, stream, request.number, OWN, link, covered)
    return await take_share(window, agency, desk, reveal)


async def _has_links(window: Window, agency: str, desk: str) -> None:
    """Anchor the keeper's next chain at a desk that was opened, if it has none or the last one is used up."""
    found = await window.catalogue.desk(agency, desk)
    if found.state is None:
        return
    draws = found.state.draws
    number = draws.anchored.get(OWN, 0)
    if number and not draws.chains[OWN, number].is_used_up:
        return
    anchor = anchor_of(OWN.bytes, _secret_of(number + 1), LONGEST_CHAIN)
    asked = Anchor(OWN.bytes, found.stream.bytes, number + 1, LONGEST_CHAIN, anchor)
    signature = _KEY.sign(anchor_statement(asked))
    await anchor_chain(window, agency, desk, asked, signature, _KEY.public_key().public_bytes_raw())


def _secret_of(chain: int) -> bytes:
    return sha256(b"%d" % chain).digest()


def _picked(command: RequestDraw, request: DrawRequested, desk_id: UUID) -> UUID:
    """Return the seat that the draw would pick."""
    seed = seed_of(fixed_by(request, desk_id), [Share(OWN.bytes, _link(request))])
    commitment = request.commitments[pick(seed, len(request.commitments))]
    return UUID(bytes=opening_of(bytes.fromhex(command.openings[commitment])).seat)


def _link(request: DrawRequested) -> bytes:
    (source,) = request.sources
    return link_of(OWN.bytes, _secret_of(source.chain), LONGEST_CHAIN, source.link)


async def desk_of(window: Window, agency: str, desk: str) -> DeskState:
    """Return a desk as it is now."""
    state = (await window.catalogue.desk(agency, desk)).state
    assert state is not None
    return state
