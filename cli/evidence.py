"""`pencere evidence`: asks resources for what cases need, as a process of its own and as a child of `serve`."""

import asyncio
import os
from contextlib import AsyncExitStack

from application.event_loop import leave_what_is_there, run
from application.evidence.exchange import Exchange
from application.evidence.keys import EvidenceKeys
from application.settings import Settings
from cli.beside import command_beside, is_here
from cli.databases import Databases, databases
from cli.options import DataFolder, read_settings
from cli.stopping import until_stopped
from cli.wiring import open_window
from consumers.child_process import Child
from consumers.evidence.hearing import take_in
from consumers.evidence.http_post import HttpPost
from consumers.evidence.kafka_post import KafkaPost
from consumers.evidence.worker import EvidenceWorker
from consumers.kafka_settings import KafkaSettings
from consumers.webhooks.settings import WebhookSettings
from ledger.channels.evidence import EvidenceMessages, EvidenceOutbox
from projections.views import Views


def evidence(*, data: DataFolder = None) -> None:
    """Ask resources for evidence until interrupted; stand by while another process does.

    `serve` does this by itself.
    """
    settings = read_settings(data)
    chosen, kafka = WebhookSettings.read(os.environ), KafkaSettings.for_evidence(os.environ, settings.data)
    with databases(settings) as where:
        run(until_stopped(_ask(settings, where, chosen, kafka)))


async def _ask(settings: Settings, where: Databases, chosen: WebhookSettings, kafka: KafkaSettings | None) -> None:
    leave_what_is_there()
    async with AsyncExitStack() as parts:
        window = await parts.enter_async_context(open_window(settings, where))
        views = await parts.enter_async_context(Views(where.reader))
        messages = await parts.enter_async_context(EvidenceMessages(where.reader))
        exchange = Exchange(window, EvidenceKeys.kept_in(settings.data), settings.public_url)
        http = HttpPost(chosen)
        parts.push_async_callback(http.close)
        post = None
        if kafka is not None:

            async def take(resource: str, raw: bytes) -> None:
                await take_in(exchange, messages, resource, raw)

            post = await parts.enter_async_context(KafkaPost(kafka, take, asyncio.get_running_loop()))
        outbox = EvidenceOutbox(where.projector)
        parts.push_async_callback(outbox.close)
        await EvidenceWorker(exchange, outbox, messages, views, http, post).run()


def evidence_beside(settings: Settings) -> Child | None:
    """Return the process that asks for evidence beside `serve`; None where none is to run.

    Raises:
        SettingsError: a setting makes no sense.
    """
    return command_beside(settings, "evidence") if is_here("PENCERE_EVIDENCE") else None
