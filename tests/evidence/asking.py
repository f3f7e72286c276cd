"""The window's processes about evidence, on its own event loop: what asks, and what sees that time runs out."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from application.clock import system_clock
from application.evidence.exchange import Exchange
from application.identity import new_id
from consumers.evidence.hearing import take_in
from consumers.evidence.http_post import HttpPost
from consumers.evidence.kafka_post import KafkaPost
from consumers.evidence.worker import EvidenceWorker
from consumers.kafka_settings import KafkaSettings
from consumers.legal_time import Machine, Sources
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from consumers.webhooks.settings import WebhookSettings
from domain.values import micros_at
from ledger.channels.evidence import EvidenceMessages, EvidenceOutbox
from projections.views import Views
from tests.api.running import RunningWindow
from tests.webhooks.town import HERE

TIME_LIMIT = 5
"""Seconds within which a resource must answer over HTTP."""
_PATIENCE = 60.0


async def ask(
    window: RunningWindow, kafka: KafkaSettings | None, broken: Callable[[Any], Any] = lambda part: part
) -> None:
    """Ask resources until cancelled, as `pencere evidence` does.

    Args:
        window: the window.
        kafka: where Kafka is.
        broken: is given each part that the worker asks, and returns what it asks instead.
    """
    where, exchange = window.where, broken(window.exchange)
    async with Views(where.reader) as views, EvidenceMessages(where.reader) as messages:
        http = HttpPost(WebhookSettings(egress=HERE, time_limit=TIME_LIMIT))
        outbox = EvidenceOutbox(where.projector)
        parts = broken(outbox), broken(messages), views, broken(http)
        try:
            if kafka is None:
                await EvidenceWorker(exchange, *parts).run()
                return
            async with KafkaPost(kafka, _taking(exchange, parts[1]), asyncio.get_running_loop()) as post:
                await EvidenceWorker(exchange, *parts, broken(post)).run()
        finally:
            await outbox.close()
            await http.close()


def _taking(exchange: Exchange, messages: EvidenceMessages) -> Callable[[str, bytes], Any]:
    async def take(resource: str, raw: bytes) -> None:
        await take_in(exchange, messages, resource, raw)

    return take


async def react(window: RunningWindow, every: float, ahead: Callable[[], timedelta] = timedelta) -> None:
    """Host the reactions until cancelled.

    Args:
        window: the window.
        every: seconds between two looks at the clock.
        ahead: by how much its clock is ahead of everybody else's.
    """
    early = window.exchange.window._replace(clock=lambda: system_clock() + ahead())
    # As much time elapses on this machine as its clock is ahead: nobody's clock jumps here.
    sources = Sources(early.clock, Machine(new_id(system_clock()), lambda: micros_at(early.clock())))
    async with Views(window.where.reader) as views:
        reactions = all_reactions(early, views)
        await ReactionHost(window.where.projector, early, reactions, every=every, sources=sources).run()


@contextmanager
def running(window: RunningWindow, work: Callable[[], Any]) -> Iterator[None]:
    """Have work run on the window's event loop during the block; it has ended when the block has."""
    ended = threading.Event()

    async def whole() -> None:
        try:
            await work()
        finally:
            ended.set()

    task = window.starts(whole())
    try:
        yield
    finally:
        task.cancel()
        assert ended.wait(_PATIENCE)
