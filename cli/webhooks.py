"""`pencere webhooks`: delivers webhooks, as a separate process or beside `serve`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.catalogue.entries import Catalogue
from application.clock import system_clock
from application.event_loop import run
from application.settings import Settings
from application.subscriptions.webhook_secrets import Derive
from application.window import Window
from cli.beside import is_here
from cli.databases import Databases, databases
from cli.options import DataFolder, read_settings
from cli.stopping import told_to_stop
from cli.terminal import say
from cli.wiring import key_encryption
from consumers.webhooks.settings import WebhookSettings
from consumers.webhooks.worker import Webhooks
from ledger.store.ledger import Ledger
from ledger.vault.vault import Vault
from projections.views import Views


def webhooks(*, data: DataFolder = None) -> None:
    """Deliver webhooks until interrupted; stand by while another process does."""
    settings, chosen = read_settings(data), WebhookSettings.read(os.environ)
    with databases(settings) as where:
        run(_deliver(settings, where, chosen))


async def _deliver(settings: Settings, where: Databases, chosen: WebhookSettings) -> None:
    told = told_to_stop()
    async with (
        Vault(where.vault, key_encryption(settings)) as vault,
        Ledger(where.writer) as ledger,
        Views(where.reader) as views,
        _delivering(where, Catalogue(ledger), vault.derive, views, chosen),
    ):
        say("Webhooks are delivered; Ctrl-C stops it.")
        await told.wait()


def settings_beside() -> WebhookSettings | None:
    """Return the settings with which `serve` delivers webhooks; None when PENCERE_WEBHOOKS is `apart`.

    Raises:
        SettingsError: a setting is invalid.
    """
    settings = WebhookSettings.read(os.environ)
    return settings if is_here("PENCERE_WEBHOOKS") else None


@asynccontextmanager
async def delivering_beside(
    where: Databases, window: Window, views: Views, chosen: WebhookSettings | None
) -> AsyncIterator[None]:
    """Deliver webhooks during the block, unless another process does."""
    if chosen is None:
        yield
        return
    async with _delivering(where, window.catalogue, window.vault.derive, views, chosen):
        yield


@asynccontextmanager
async def _delivering(
    where: Databases, catalogue: Catalogue, derive: Derive, views: Views, chosen: WebhookSettings
) -> AsyncIterator[None]:
    webhooks = Webhooks(where.projector, views, catalogue, derive, chosen, system_clock)
    async with webhooks as delivery, delivery.running():
        yield
