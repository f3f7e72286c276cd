"""One subscription's deliveries: at least once, in order per case, from the last stored place on.

The sequence up to which everything was delivered is stored after each delivery. Events delivered beyond it are kept in
memory, so that only another process delivers them again. After a failure only one event is tried at a time, the first
that was not delivered, until the endpoint accepts it. So at most one case's order is uncertain, and an endpoint that
was down for long is not flooded when it is back.

The view says what to deliver where. Before each delivery the ledger says whether that still holds; if not, deliveries
wait until the view shows the change.
"""

import logging
from datetime import datetime
from typing import Final

from consumers.webhooks.page import Page, Tools
from consumers.webhooks.schedule import after_failure
from consumers.webhooks.sending import Sender
from ledger.channels.webhooks import ChannelStanding
from projections.instants import instant_at
from projections.subscriptions.types import Delivering

_PAGE: Final = 200
_BEGINNINGS: Final = frozenset({"subscription.granted", "subscription.endpoint_changed"})
_log = logging.getLogger(__name__)


class Channel:
    """The deliveries of one subscription; for one task."""

    def __init__(self, tools: Tools, sender: Sender) -> None:
        self._tools, self._sender = tools, sender
        self._delivered: set[int] = set()
        self._page: Page | None = None

    async def turn(self, subscription: Delivering) -> datetime | None:
        """Deliver a page of events; return when to go on, or None to go on at the next event or order.

        Raises:
            WebhookChannelsUnavailableError, LedgerUnavailableError: the database does not answer.
        """
        standing = await self._obey(subscription)
        if standing is None or standing.disabled_at is not None:
            return None
        if standing.next_try is not None and instant_at(standing.next_try) > self._tools.clock():
            return instant_at(standing.next_try)
        deliveries = await self._tools.feed.page(
            subscription.agency,
            standing.sequence,
            1 if standing.failing_since is not None else _PAGE,
            topics=subscription.topics,
            services=subscription.services,
        )
        if not deliveries:
            return None
        self._page = Page(self._tools, self._sender, subscription, standing, self._delivered)
        await self._page.deliver(deliveries)
        return await self._settle(subscription, self._page)

    async def end(self) -> None:
        """Deliver no more."""
        if self._page is not None:
            await self._page.end()

    async def _settle(self, subscription: Delivering, page: Page) -> datetime | None:
        """Store the result of the page, and return when to go on."""
        now = self._tools.clock()
        if page.failure is None:
            return None if page.is_outdated else now  # outdated: the view shows the change later, and that is an order
        standing = after_failure(page.standing, page.failure, now, self._tools.settings)
        await self._tools.channels.keep(subscription.name, standing)
        if standing.next_try is None:
            _log.error("the webhook of %s is disabled: its endpoint %s", subscription.name, standing.last_failure)
            return None
        if standing.failures == 1:
            _log.warning("the webhook of %s fails: its endpoint %s", subscription.name, standing.last_failure)
        return instant_at(standing.next_try)

    async def _obey(self, subscription: Delivering) -> ChannelStanding | None:
        """Carry out the newest orders, and return the channel's state; None when it cannot begin yet."""
        channels = self._tools.channels
        standing = await channels.standing(subscription.name)
        if standing is None:
            sequence = await self._beginning(subscription)
            if sequence is None:
                return None  # the feed has not reached the event after which the channel begins
            await channels.begin(subscription.name, sequence)
            standing = ChannelStanding(sequence, 0)
        ordered = max(subscription.endpoint_version, subscription.replay_version)
        if ordered <= standing.obeyed:
            return standing
        sequence = standing.sequence
        if subscription.replay_version > standing.obeyed and subscription.replay_after is not None:
            sequence = subscription.replay_after
            self._delivered.clear()
        standing = ChannelStanding(sequence, ordered)
        await channels.keep(subscription.name, standing)
        return standing

    async def _beginning(self, subscription: Delivering) -> int | None:
        """Return the agency's sequence of the event after which the webhook begins."""
        after = 0
        while page := await self._tools.feed.page(subscription.agency, after, _PAGE, topics=_BEGINNINGS):
            for delivery in page:
                if delivery.entry.position == subscription.begins_at:
                    return delivery.sequence
            after = page[-1].sequence
        return None
