"""Decides the commands about a desk's draws: what is fixed before a reveal, what a keeper may reveal, who is drawn."""

from typing import assert_never
from uuid import UUID

from domain.desk.commands import AnchorDrawChain, DrawCommand, RecoverDrawShare, RequestDraw, RevealDrawShare
from domain.desk.draw_state import OpenDraw
from domain.desk.events import (
    DrawChainAnchored,
    DrawChainRetired,
    DrawRequested,
    DrawShareRecovered,
    DrawShareRevealed,
    DrawSource,
    OfficialDrawn,
)
from domain.desk.refusals import (
    CaseDrawnForAlready,
    DrawChainNotKept,
    DrawChainNotSigned,
    DrawChainOutOfTurn,
    DrawChainTooLong,
    DrawChainUsedUp,
    DrawListRepeats,
    DrawNotUnderWay,
    DrawOpeningsIncomplete,
    DrawShareNotOfTheChain,
    DrawShareOutOfTurn,
    GuardiansAreTwo,
    KeeperNotAwaited,
    KeeperNotLate,
    KeeperNotNamed,
    TooFewToDrawAmong,
)
from domain.desk.state import DeskState
from domain.draw.chains import LONGEST_CHAIN, hash_of_link
from domain.draw.eligibility import FEWEST
from domain.draw.seats import hash_of_list
from domain.draw.seed import Fixed, Share, pick, seed_of
from domain.event import Event


def decide_draws(command: DrawCommand, desk: DeskState) -> tuple[Event, ...]:
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case AnchorDrawChain():
            return _anchored(command, desk)
        case RequestDraw():
            return (_requested(command, desk),)
        case RevealDrawShare():
            revealed = DrawShareRevealed(
                number=command.number, keeper=command.keeper, link=command.link, checkpoint=command.checkpoint
            )
            return (revealed, *_drawn(command, _awaiting(command, desk)))
        case RecoverDrawShare():
            return _recovered(command, desk)
        case _:
            assert_never(command)


def _anchored(command: AnchorDrawChain, desk: DeskState) -> tuple[Event, ...]:
    if not 1 <= command.length <= LONGEST_CHAIN:
        raise DrawChainTooLong(field="length")
    if not command.is_named:
        raise KeeperNotNamed(field="keeper")
    if not command.is_signed:
        raise DrawChainNotSigned(field="signature")
    if len(command.parts) != command.guardians:
        raise DrawChainNotKept(field="parts")
    number = desk.draws.anchored.get(command.keeper, 0)
    before = desk.draws.chains.get((command.keeper, number))
    if before is not None and (command.chain, command.anchor) == (number, before.anchor):
        return ()  # the same once more
    if command.chain != number + 1:
        raise DrawChainOutOfTurn(field="chain")
    anchored = DrawChainAnchored(
        keeper=command.keeper,
        chain=command.chain,
        length=command.length,
        anchor=command.anchor,
        parts=command.parts,
        register_version=command.register_version,
        signature=command.signature,
    )
    if before is None or before.is_used_up:
        return (anchored,)
    return (anchored, DrawChainRetired(keeper=command.keeper, chain=number, why="replaced"))


def _requested(command: RequestDraw, desk: DeskState) -> DrawRequested:
    draws = desk.draws
    if draws.draw_for(command.case_id) is not None:
        raise CaseDrawnForAlready
    everybody = (*command.commitments, *(each.commitment for each in command.excluded))
    if len(set(everybody)) != len(everybody) or len(everybody) != len(desk.roster.seats):
        raise DrawListRepeats
    if command.openings.keys() != set(everybody):
        raise DrawOpeningsIncomplete
    if len(command.commitments) < FEWEST:
        raise TooFewToDrawAmong
    return DrawRequested(
        number=draws.requested + 1,
        log=command.log,
        case_id=command.case_id,
        case_entry=command.case_entry,
        redraw=command.redraw,
        why=command.why,
        nonce=command.nonce,
        commitments=command.commitments,
        excluded=command.excluded,
        sources=_next_links(command.keepers, desk),
        counted_at=command.counted_at,
        register_version=command.register_version,
        late_at=command.late_at,
        openings=dict(command.openings),
    )


def _next_links(keepers: frozenset[UUID], desk: DeskState) -> tuple[DrawSource, ...]:
    """Return the next link of every keeper's chain: no keeper is left out because it has none, or it is at its end."""
    sources: list[DrawSource] = []
    for keeper in sorted(keepers):
        number = desk.draws.anchored.get(keeper, 0)
        chain = desk.draws.chains.get((keeper, number))
        if chain is None or chain.is_used_up:
            raise DrawChainUsedUp
        sources.append(DrawSource(keeper=keeper, chain=number, link=chain.promised + 1))
    if not sources:
        raise DrawChainUsedUp
    return tuple(sources)


def _awaiting(command: RevealDrawShare | RecoverDrawShare, desk: DeskState) -> OpenDraw:
    """Return the draw to which the share belongs, once it is certain that it is the share."""
    draw = desk.draws.under_way.get(command.number)
    if draw is None:
        raise DrawNotUnderWay(field="number")
    source = draw.source(command.keeper)
    if source is None or command.keeper not in draw.awaits:
        raise KeeperNotAwaited(field="keeper")
    chain = desk.draws.chains[source.keeper, source.chain]
    if source.link != chain.revealed + 1:
        raise DrawShareOutOfTurn(field="number")
    if hash_of_link(command.keeper.bytes, bytes.fromhex(command.link)).hex() != chain.known:
        raise DrawShareNotOfTheChain(field="link")
    return draw


def _recovered(command: RecoverDrawShare, desk: DeskState) -> tuple[Event, ...]:
    draw = _awaiting(command, desk)
    if command.at < draw.request.late_at:
        raise KeeperNotLate(field="keeper")
    one, other = sorted(command.guardians)
    if one == other or not {one, other} <= {1, 2, 3}:
        raise GuardiansAreTwo(field="guardians")
    recovered = DrawShareRecovered(
        number=command.number, keeper=command.keeper, link=command.link, guardians=(one, other)
    )
    events: tuple[Event, ...] = (recovered, *_drawn(command, draw))
    source = draw.source(command.keeper)
    if source is None or desk.draws.chains[source.keeper, source.chain].is_retired:
        return events
    # Its secret is known to others now.
    return (*events, DrawChainRetired(keeper=source.keeper, chain=source.chain, why="recovered"))


def _drawn(command: RevealDrawShare | RecoverDrawShare, draw: OpenDraw) -> tuple[Event, ...]:
    """Return whom the draw picks, if this was the last share; nothing otherwise."""
    if draw.awaits != {command.keeper}:
        return ()
    request = draw.request
    links = {**draw.shares, command.keeper: command.link}
    seed = seed_of(fixed_by(request, command.desk_id), [_share(*each) for each in links.items()])
    index = pick(seed, len(request.commitments))
    return (OfficialDrawn(number=request.number, case_id=request.case_id, seed=seed.hex(), index=index),)


def fixed_by(request: DrawRequested, desk_id: UUID) -> Fixed:
    """Return what a request at a desk has fixed, as bytes."""
    return Fixed(
        origin=request.log,
        desk=desk_id.bytes,
        number=request.number,
        redraw=request.redraw,
        case_entry=bytes.fromhex(request.case_entry),
        list_hash=hash_of_list([bytes.fromhex(each) for each in request.commitments]),
        nonce=bytes.fromhex(request.nonce),
    )


def _share(keeper: UUID, link: str) -> Share:
    return Share(keeper.bytes, bytes.fromhex(link))
