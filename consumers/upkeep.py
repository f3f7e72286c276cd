"""Housekeeping: watches the embedded servers, deletes old idempotency keys, sweeps orphaned keys."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from application.cases.prevention import sweep_orphans
from application.window import Window
from ledger.embedded.cluster import ClusterError
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import LedgerBusyError, LedgerUnavailableError
from ledger.vault.vault import VaultUnavailableError

KEYS_ARE_KEPT = timedelta(days=7)
_WATCH = 1.0
_HOUSEKEEPING = 3600.0
_log = logging.getLogger(__name__)


async def watch_servers(embedded: EmbeddedPostgres) -> None:
    """Start an embedded server again whenever it has died, until cancelled."""
    while True:
        await asyncio.sleep(_WATCH)
        if not (embedded.ledger.is_running() and embedded.vault.is_running()):
            _log.warning("an embedded database server has died: starting it again")
            with contextlib.suppress(ClusterError):
                await asyncio.to_thread(embedded.ensure_running)


async def keep_house(window: Window) -> None:
    """Delete old idempotency keys and sweep orphaned keys once an hour, until cancelled.

    A crash in between loses nothing: the next hour deletes the rest.
    """
    while True:
        try:
            before = window.clock() - KEYS_ARE_KEPT
            forgotten = await window.ledger.expire_keys(before)
            swept = await sweep_orphans(window)
            _log.info("forgot %d idempotency keys, swept %d orphaned keys", forgotten, swept)
        except (LedgerUnavailableError, LedgerBusyError, VaultUnavailableError):
            _log.warning("housekeeping waits for its databases")
        await asyncio.sleep(_HOUSEKEEPING)
