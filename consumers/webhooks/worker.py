"""Delivers all webhooks: one process at a time, one task for each subscription."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Final, Self

from application.catalogue.entries import Catalogue
from application.clock import Clock
from application.faults import described
from application.subscriptions.webhook_secrets import Derive, signing_key
from consumers.webhooks.channel import Channel
from consumers.webhooks.page import Tools
from consumers.webhooks.resolving import Resolver, system_resolver
from consumers.webhooks.sending import Sender
from consumers.webhooks.settings import WebhookSettings
from ledger.channels.webhooks import WebhookChannels, WebhookChannelsUnavailableError
from ledger.postgresql.task_ending import end
from ledger.refusals import LedgerBusyError, LedgerUnavailableError
from projections.subscriptions.types import Delivering
from projections.views import Views

_STAND_BY: Final = 1.0
_AFTER_A_FAULT: Final = timedelta(minutes=1)
_AGAIN: Final = (WebhookChannelsUnavailableError, LedgerUnavailableError, LedgerBusyError)
_log = logging.getLogger(__name__)


class Webhooks:
    """Delivers while it runs, or stands by while another process does.

    Args:
        url: the database as the role `pencere_projector`.
        views: where subscriptions and feeds are read.
        catalogue: reads from the ledger whether a subscription still is as the view shows it.
        derive: the vault's keyed hash.
        settings: allowed addresses and time limits.
        clock: returns the present time.
        resolve: returns the addresses of a host.
    """

    def __init__(
        self,
        url: str,
        views: Views,
        catalogue: Catalogue,
        derive: Derive,
        settings: WebhookSettings,
        clock: Clock,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._url, self._views, self._catalogue, self._derive = url, views, catalogue, derive
        self._settings, self._clock, self._resolve = settings, clock, resolve
        self._channels: WebhookChannels | None = None
        self._followed: dict[str, _Followed] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._give_up()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Deliver during the block."""
        task = asyncio.get_running_loop().create_task(self.run())
        try:
            yield self
        finally:
            await end(task)

    async def run(self) -> None:
        """Deliver until cancelled; begin anew after every error, whether the database is away or we have a fault."""
        task = asyncio.current_task()
        # Checked here, since before Python 3.12 a wait may lose a cancellation.
        while task is None or not task.cancelling():
            try:
                try:
                    await self._deliver()
                finally:
                    await self._give_up()  # whoever delivers no more must not keep the lock
            except _AGAIN as error:
                _log.warning("webhooks begin anew: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - nobody watches this task: it must not end by itself
                _log.error("webhooks begin anew after a fault: %s", described(error))
            await asyncio.sleep(_STAND_BY / 2)  # back-off while the database is away

    async def _deliver(self) -> None:
        self._channels = channels = WebhookChannels(self._url)
        await channels.open()
        while True:
            if await channels.elect():
                break
            await asyncio.sleep(_STAND_BY)  # another process delivers; its lock ends with its session
        tools = Tools(channels, self._views.agency_feed, self._key, self._settings, self._clock, self._catalogue)
        known = -1
        while True:
            await channels.still_elected()
            wanted = {each.name: each for each in await self._views.subscriptions.delivering()}
            for name in self._followed.keys() - wanted.keys():
                await self._followed[name].end()
                del self._followed[name]
            for name, subscription in wanted.items():
                if name not in self._followed:
                    self._followed[name] = _Followed(tools, Sender(self._settings, self._resolve))
                self._followed[name].update(subscription)
            known = await self._views.positions.wait_beyond(known, _STAND_BY)

    async def _give_up(self) -> None:
        """Close everything; the session last, when no task waits on it any more."""
        while self._followed:
            name = next(iter(self._followed))
            await self._followed[name].end()
            del self._followed[name]
        if self._channels is not None:
            await self._channels.close()
            self._channels = None

    def _key(self, agency: str, subscription: str, number: int) -> bytes:
        return signing_key(self._derive, agency, subscription, number)


class _Followed:
    """A subscription with deliveries."""

    def __init__(self, tools: Tools, sender: Sender) -> None:
        self._channel, self._sender, self._clock = Channel(tools, sender), sender, tools.clock
        self._subscription: Delivering | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def update(self, subscription: Delivering) -> None:
        """Deliver by the subscription's present state; raise the error that ended deliveries (database away)."""
        if subscription != self._subscription:
            self._subscription = subscription
            self._changed.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())
        elif self._task.done():
            self._task.result()

    async def end(self) -> None:
        """Deliver no more. Raises nothing, so that whoever ends several ends all of them."""
        for ending in (partial(end, self._task), self._channel.end, self._sender.close):
            try:
                await ending()
            except _AGAIN:
                pass  # reported already, or about to be
            except Exception as error:  # noqa: BLE001 - as above
                _log.error("a webhook has ended with a fault: %s", described(error))

    async def _follow(self) -> None:
        while True:
            self._changed.clear()
            due = await self._turn()
            if due is None or due > self._clock():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if due is None else (due - self._clock()).total_seconds()):
                        await self._changed.wait()

    async def _turn(self) -> datetime | None:
        if self._subscription is None:
            return None
        try:
            return await self._channel.turn(self._subscription)
        except _AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 - a bug that concerns one subscription must not stop the others
            _log.error("the webhook of %s cannot be served: %s", self._subscription.name, described(error))
            return self._clock() + _AFTER_A_FAULT
