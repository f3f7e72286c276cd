"""Proofs of draws: the receipts of everything that a draw was computed from. Anybody can check them offline."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from application.cases.proving import receipt_under, why_not_covered
from ledger.public_log.public_log import PublicLog
from ledger.store.ledger import Ledger


async def proof_of_draw(ledger: Ledger, log: PublicLog, desk: UUID, versions: Sequence[int], *, within: float) -> bytes:
    """Return the receipts of a draw's events, one after the other, under the first checkpoint that covers them all.

    Args:
        ledger: the ledger that holds the events.
        log: the public log.
        desk: the desk's stream.
        versions: of the events: the keepers' chains, the request, the shares and the pick, as far as they are there.
        within: how many seconds to wait for a checkpoint; with a wait, a new one is requested.

    Raises:
        NotCoveredYetError, LogHasStoppedError: as their docstrings say.
        LedgerUnavailableError, DamagedTilesError: as the ledger and the log raise them.
    """
    found = await asyncio.gather(*(ledger.read_versions(desk, version - 1, version) for version in versions))
    entries = sorted(entry for page in found for entry in page)
    published = await log.covering(entries[-1].position, within=within)
    if published is None:
        raise await why_not_covered(log)
    return b"".join(await asyncio.gather(*(receipt_under(log, entry, published) for entry in entries)))
