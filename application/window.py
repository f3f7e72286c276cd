"""Everything that a use case needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from application.cases.looks import Looks
from application.catalogue.entries import Catalogue
from application.clock import Clock
from ledger.store.ledger import Ledger
from ledger.vault.vault import Vault


class Window(NamedTuple):
    """The single window, ready to serve."""

    ledger: Ledger
    vault: Vault
    catalogue: Catalogue
    looks: Looks
    clock: Clock


@asynccontextmanager
async def window_on(ledger: Ledger, vault: Vault, clock: Clock) -> AsyncIterator[Window]:
    """Open the window on an open ledger and vault; record every queued look at the end."""
    async with Looks(ledger, vault, clock) as looks:
        yield Window(ledger, vault, Catalogue(ledger), looks, clock)
