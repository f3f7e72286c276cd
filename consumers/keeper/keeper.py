"""Keeps draws honest: anchors chains, and reveals each link once, for a draw that the public log has fixed."""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consumers.keeper.kept_chains import KeptChain, KeptChains, Promise, PromisedOtherwiseError, PromisedOutOfTurnError
from consumers.keeper.served_window import AwaitedShare, DeskToKeep, RefusedError, ServedWindow, WindowAwayError
from domain.desk.events import DrawRequested
from domain.draw.chains import LINK_BYTES, LONGEST_CHAIN, Anchor, anchor_of, anchor_statement, link_of
from ledger.public_log.note import VerifierKey
from ledger.public_log.received import ReceiptError, Received, received
from ledger.published.codec import decode

_NEARLY_USED: Final = 0.9
"""The part of a chain that is promised when the next one is anchored."""
_NOT_YET: Final = frozenset({"receipt-not-there-yet"})
_DONE_ALREADY: Final = frozenset({"draw-not-under-way", "keeper-not-awaited"})
_log = logging.getLogger(__name__)

SealParts = Callable[[bytes, Sequence[str]], Sequence[str]]


class Policy(NamedTuple):
    """Whom the keeper believes: the public log's key, and the witnesses all of whom must have cosigned."""

    log: VerifierKey
    witnesses: Sequence[VerifierKey]


class NotFixedError(Exception):
    """What the window shows does not fix the draw, so that the link stays with the keeper; the text says why."""


class Keeper:
    """A keeper of one window's draws.

    Args:
        name: as the register's rules name it.
        key: signs the chains that it anchors.
        window: the window.
        chains: the keeper's memory.
        policy: whom it believes.
        seal_parts: returns a secret in parts, each sealed for one guardian.
        every: seconds between two looks.
    """

    def __init__(
        self,
        name: UUID,
        key: Ed25519PrivateKey,
        window: ServedWindow,
        chains: KeptChains,
        policy: Policy,
        seal_parts: SealParts,
        *,
        every: float = 0.5,
    ) -> None:
        self._name, self._key, self._window, self._chains = name, key, window, chains
        self._policy, self._seal_parts, self._every = policy, seal_parts, every
        self._stopping = threading.Event()
        self._told: set[str] = set()

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()

    def run(self) -> None:
        """Keep draws until stopped; wait while the window is away."""
        while not self._stopping.is_set():
            try:
                self.look()
            except WindowAwayError as error:
                _log.warning("the window is away: %s", error)
            self._stopping.wait(self._every)

    def look(self) -> None:
        """Anchor chains where they are needed, and reveal what is awaited and fixed.

        Raises:
            WindowAwayError: the window does not answer.
        """
        for desk in self._window.desks(self._name):
            if self._needs_chain(desk):
                self._anchor(desk)
        for share in self._window.awaited(self._name):
            try:
                self._reveal(share)
            except (NotFixedError, ReceiptError, PromisedOtherwiseError) as error:
                self._tell(f"draw {share.number} at {share.agency}/{share.desk} is given no link: {error}")
            except PromisedOutOfTurnError:
                _log.warning("draw %d at %s/%s waits for an earlier one", share.number, share.agency, share.desk)
            except RefusedError as error:
                if error.rule not in _NOT_YET | _DONE_ALREADY:
                    _log.error("draw %d at %s/%s: %s", share.number, share.agency, share.desk, error)

    def _tell(self, fault: str) -> None:
        """Tell of a fault once: the keeper meets it again at every look."""
        if fault not in self._told:
            self._told.add(fault)
            _log.critical(fault)

    def _needs_chain(self, desk: DeskToKeep) -> bool:
        chain = desk.chain
        if chain is None or chain.retired or chain.promised >= _NEARLY_USED * chain.length:
            return True
        kept = self._chains.chain(desk.desk_id, chain.chain)
        return kept is None or anchor_of(self._name.bytes, kept.secret, kept.length).hex() != chain.anchor

    def _anchor(self, desk: DeskToKeep) -> None:
        number = 1 if desk.chain is None else desk.chain.chain + 1
        if self._chains.has_promised(desk.desk_id, number):
            # The window knows nothing of this chain, and yet links of it may be known: it is of another ledger.
            says = "has this keeper's folder kept another ledger's draws, or this one's before it was brought back?"
            self._tell(f"chain {number} for {desk.agency}/{desk.desk} is not anchored: {says} Then it needs a new one.")
            return
        # Kept before it is anchored: after a crash the same chain is anchored, and never one whose secret is lost.
        kept = self._chains.make(desk.desk_id, KeptChain(number, secrets.token_bytes(LINK_BYTES), LONGEST_CHAIN))
        parts = tuple(self._seal_parts(kept.secret, self._window.guardians()))
        anchor = anchor_of(self._name.bytes, kept.secret, kept.length)
        asked = Anchor(self._name.bytes, desk.desk_id.bytes, number, kept.length, anchor, parts)
        try:
            self._window.anchor(desk, _as_told(self._name, asked, self._key.sign(anchor_statement(asked))))
        except RefusedError as error:
            _log.error("a chain for %s/%s is not anchored: %s", desk.agency, desk.desk, error)
        else:
            _log.info("anchored chain %d for %s/%s", number, desk.agency, desk.desk)

    def _reveal(self, share: AwaitedShare) -> None:
        """Reveal the link for a draw, once it is certain that nothing about the draw can change any more."""
        proved = received(self._window.proof(share), self._policy.log, self._policy.witnesses)
        found = _request_in(proved, share)
        desk, request = found.event.stream, decode(found.event).event
        if not isinstance(request, DrawRequested) or request.log != self._policy.log.name:
            raise NotFixedError("the request is for another log")
        kept = self._kept(desk, request, share)
        self._chains.promise(desk, Promise(share.number, share.chain, share.link, found.entry))
        link = link_of(self._name.bytes, kept.secret, kept.length, share.link)
        self._window.reveal(share, {"keeper": str(self._name), "link": link.hex(), "checkpoint": found.size})

    def _kept(self, desk: UUID, request: DrawRequested, share: AwaitedShare) -> KeptChain:
        """Return the chain, if the request itself names its link as ours."""
        ours = [source for source in request.sources if source.keeper == self._name]
        if [(source.chain, source.link) for source in ours] != [(share.chain, share.link)]:
            raise NotFixedError("the request names another link than the window asks for")
        kept = self._chains.chain(desk, share.chain)
        if kept is None:
            raise NotFixedError("this keeper has no such chain: is this another keeper's folder, or an old copy?")
        return kept


def _request_in(proved: Sequence[Received], share: AwaitedShare) -> Received:
    for each in proved:
        if each.event.topic == DrawRequested.topic:
            request = decode(each.event).event
            if isinstance(request, DrawRequested) and request.number == share.number:
                return each
    raise NotFixedError("no request of the draw is proved")


def _as_told(name: UUID, asked: Anchor, signature: bytes) -> dict[str, Any]:
    return {
        "keeper": str(name),
        "chain": asked.chain,
        "length": asked.length,
        "anchor": asked.anchor.hex(),
        "parts": list(asked.parts),
        "signature": signature.hex(),
    }
