"""Housekeeping: watches the embedded servers, deletes old idempotency keys, sweeps orphaned keys."""

import asyncio
import logging
from datetime import timedelta

from application.cases.prevention import sweep_orphans
from application.faults import described
from application.window import Window
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
        try:
            if not (embedded.ledger.is_running() and embedded.vault.is_running()):
                _log.warning("an embedded database server has died: starting it again")
                await asyncio.to_thread(embedded.ensure_running)
        except Exception as error:  # noqa: BLE001 - nobody watches this task: it must not end by itself
            _log.error("an embedded database server cannot be started, which is tried again: %s", described(error))


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
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("housekeeping has a fault, and is tried again in an hour: %s", described(error))
        await asyncio.sleep(_HOUSEKEEPING)
