"""The chains that keepers have anchored for a desk, and its draws that are under way, after its events."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID

from domain.desk.events import (
    DrawChainAnchored,
    DrawChainRetired,
    DrawRequested,
    DrawShareRecovered,
    DrawShareRevealed,
    DrawSource,
    OfficialDrawn,
)
from domain.event import Event, UnknownEventError


class Chain(NamedTuple):
    """A chain: its length and anchor, the last known hash, how many links are promised, and how many revealed."""

    length: int
    anchor: str
    known: str
    promised: int = 0
    revealed: int = 0
    is_retired: bool = False

    @property
    def is_used_up(self) -> bool:
        """Return whether no further draw can use it."""
        return self.is_retired or self.promised == self.length


class OpenDraw(NamedTuple):
    """A draw that waits for shares: what it has fixed, and the links that are there."""

    request: DrawRequested
    shares: Mapping[UUID, str]

    @property
    def awaits(self) -> frozenset[UUID]:
        """The keepers whose shares are missing."""
        return frozenset(source.keeper for source in self.request.sources) - self.shares.keys()

    def source(self, keeper: UUID) -> DrawSource | None:
        """Return the link of this keeper that the draw uses; None if it uses none."""
        return next((source for source in self.request.sources if source.keeper == keeper), None)


class Draws(NamedTuple):
    """How many draws there were, those under way by number, and the chains by keeper and number.

    `anchored` is keeper -> number of its last chain. An earlier chain is kept for as long as a draw awaits its links.
    """

    requested: int
    under_way: Mapping[int, OpenDraw]
    chains: Mapping[tuple[UUID, int], Chain]
    anchored: Mapping[UUID, int]

    def draw_for(self, case_id: UUID) -> OpenDraw | None:
        """Return the draw for a case that is under way; None if there is none."""
        return next((draw for draw in self.under_way.values() if draw.request.case_id == case_id), None)


NONE: Final = Draws(0, {}, {}, {})


def evolve_draws(draws: Draws, event: Event) -> Draws:
    """Return the draws after one more event.

    Raises:
        UnknownEventError: the event is not about draws.
    """
    match event:
        case DrawRequested():
            return _requested(draws, event)
        case DrawShareRevealed() | DrawShareRecovered():
            return _shared(draws, event)
        case OfficialDrawn():
            rest = {number: draw for number, draw in draws.under_way.items() if number != event.number}
            return _without_spent_chains(draws._replace(under_way=rest))
        case DrawChainAnchored():
            anchored = {**draws.anchored, event.keeper: event.chain}
            chain = Chain(event.length, event.anchor, event.anchor)
            return _with_chain(draws, (event.keeper, event.chain), chain)._replace(anchored=anchored)
        case DrawChainRetired():
            key = (event.keeper, event.chain)
            retired = draws.chains[key]._replace(is_retired=True)
            return _without_spent_chains(_with_chain(draws, key, retired))
        case _:
            raise UnknownEventError(event)


def _requested(draws: Draws, event: DrawRequested) -> Draws:
    chains = dict(draws.chains)
    for source in event.sources:
        key = (source.keeper, source.chain)
        chains[key] = chains[key]._replace(promised=source.link)
    under_way = {**draws.under_way, event.number: OpenDraw(event, {})}
    return draws._replace(requested=event.number, under_way=under_way, chains=chains)


def _shared(draws: Draws, event: DrawShareRevealed | DrawShareRecovered) -> Draws:
    draw = draws.under_way[event.number]
    source = draw.source(event.keeper)
    if source is None:
        raise UnknownEventError(event)
    key = (source.keeper, source.chain)
    chain = draws.chains[key]._replace(known=event.link, revealed=source.link)
    shared = draw._replace(shares={**draw.shares, event.keeper: event.link})
    return _with_chain(draws, key, chain)._replace(under_way={**draws.under_way, event.number: shared})


def _with_chain(draws: Draws, key: tuple[UUID, int], chain: Chain) -> Draws:
    return draws._replace(chains={**draws.chains, key: chain})


def _without_spent_chains(draws: Draws) -> Draws:
    kept = {
        (keeper, number): chain
        for (keeper, number), chain in draws.chains.items()
        if draws.anchored[keeper] == number or chain.revealed < chain.promised
    }
    return draws._replace(chains=kept)
