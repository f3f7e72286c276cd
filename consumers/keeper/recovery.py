"""What two guardians do where a keeper is late: they give its secret back, and the draw goes on with the same link."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from application.draws.escrow import secret_of
from consumers.keeper.served_window import AwaitedShare, ServedWindow
from domain.desk.events import DrawChainAnchored
from domain.draw.chains import link_of
from ledger.public_log.note import VerifierKey
from ledger.public_log.received import received
from ledger.published.codec import decode


class NotAwaitedError(Exception):
    """The draw does not wait for that keeper, or its proof has no chain of the keeper."""


class LateShare(NamedTuple):
    """A draw, and the late keeper's chain for it."""

    share: AwaitedShare
    keeper: UUID
    chain: DrawChainAnchored


def late_share(window: ServedWindow, log: VerifierKey, agency: str, desk: str, number: int, keeper: UUID) -> LateShare:
    """Return what a draw waits for, as its proof shows it.

    Raises:
        NotAwaitedError: see there.
        ReceiptError, WindowAwayError, RefusedError.
    """
    wanted = (agency, desk, number)
    share = next((one for one in window.awaited(keeper) if (one.agency, one.desk, one.number) == wanted), None)
    if share is None:
        raise NotAwaitedError("the draw does not wait for that keeper")
    for each in received(window.proof(share), log, ()):
        if each.event.topic == DrawChainAnchored.topic:
            chain = decode(each.event).event
            if isinstance(chain, DrawChainAnchored) and (chain.keeper, chain.chain) == (keeper, share.chain):
                return LateShare(share, keeper, chain)
    raise NotAwaitedError("its proof has no chain of that keeper")


def recover(window: ServedWindow, late: LateShare, parts: Mapping[int, bytes]) -> None:
    """Bring a late keeper's link, from the parts of two guardians by their places.

    Raises:
        PartsDoNotFitError: the parts do not give the secret of the chain.
        WindowAwayError, RefusedError: as the window says.
    """
    chain, name = late.chain, late.keeper.bytes
    secret = secret_of(parts, name, chain.length, bytes.fromhex(chain.anchor))
    link = link_of(name, secret, chain.length, late.share.link)
    told = {"keeper": str(late.keeper), "link": link.hex(), "guardians": sorted(parts)}
    window.recover(late.share, told)
