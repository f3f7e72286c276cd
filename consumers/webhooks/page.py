"""Delivers one page of events: several cases at a time, the events of one case one after the other."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from application.catalogue.entries import Catalogue
from application.clock import Clock
from consumers.webhooks.right import still_stands
from consumers.webhooks.schedule import Failure, after_success, failure_of
from consumers.webhooks.sending import NotDeliveredError, Sender
from consumers.webhooks.settings import WebhookSettings
from consumers.webhooks.signing import signed_headers
from ledger.channels.webhooks import ChannelStanding, WebhookChannels
from ledger.postgresql.task_ending import end
from ledger.published.cloud_events import cloud_event, event_id
from ledger.published.concerning import Read, read
from projections.agency_feed.queries import AgencyFeed
from projections.agency_feed.types import Delivery
from projections.subscriptions.types import Delivering

SigningKey = Callable[[str, str, int], bytes]
"""Returns the key with a number of an agency's subscription."""


class Tools(NamedTuple):
    """What a delivery needs."""

    channels: WebhookChannels
    feed: AgencyFeed
    key: SigningKey
    settings: WebhookSettings
    clock: Clock
    catalogue: Catalogue


class Page:
    """One page that is being delivered.

    Args:
        tools: what a delivery needs.
        sender: sends to the endpoint.
        subscription: the subscription.
        standing: the state of its webhook, stored after each delivery.
        delivered: the events delivered beyond that; it grows, and shrinks as the stored sequence moves on.
    """

    def __init__(
        self,
        tools: Tools,
        sender: Sender,
        subscription: Delivering,
        standing: ChannelStanding,
        delivered: set[int],
    ) -> None:
        self._tools, self._sender, self._subscription = tools, sender, subscription
        self.standing, self._delivered = standing, delivered
        self.failure: Failure | None = None
        self.is_outdated = False
        self._keeping = asyncio.Lock()
        self._cases: deque[list[tuple[Delivery, Read]]] = deque()
        self._ahead: deque[int] = deque()
        self._lanes: list[asyncio.Task[None]] = []

    async def deliver(self, page: Sequence[Delivery]) -> None:
        """Deliver the page; wait for all deliveries that have begun.

        After the first failure, or when the subscription is no longer what the view shows, begin no more.
        """
        self._ahead.extend(delivery.sequence for delivery in page)
        cases: dict[str, list[tuple[Delivery, Read]]] = {}
        for delivery in page:
            if delivery.sequence not in self._delivered:
                told = read(delivery.entry)
                cases.setdefault(told.lane, []).append((delivery, told))
        self._cases.extend(cases.values())
        lanes = min(self._tools.settings.at_once, len(cases))
        self._lanes = [asyncio.get_running_loop().create_task(self._lane()) for _ in range(lanes)]
        if self._lanes:
            await asyncio.wait(self._lanes, return_when=asyncio.FIRST_EXCEPTION)
        await self.end()
        await self._keep()

    async def end(self) -> None:
        """Send no more; once all deliveries have ended, raise the error of one that failed unexpectedly, once."""
        for lane in self._lanes:
            lane.cancel()
        errors: list[Exception] = []
        while self._lanes:
            try:
                await end(self._lanes[-1])  # if this is interrupted, the lane stays, and the next call waits for it
            except Exception as error:  # noqa: BLE001 - raised below: first the other lanes must have ended
                errors.append(error)
            self._lanes.pop()
        if errors:
            raise errors[0]

    async def _lane(self) -> None:
        while self._cases:
            for delivery, told in self._cases.popleft():
                if not await self._may_go_on():
                    return
                failure = await self._send(delivery, told)
                if failure is not None:
                    self.failure = self.failure or failure
                    return
                # After a crash before this is stored, the event is delivered again, with the same id and sequence.
                self._delivered.add(delivery.sequence)
                await self._keep()

    async def _may_go_on(self) -> bool:
        """Return whether another delivery may begin. The ledger is asked each time: an agency's word counts at once."""
        if self.failure is None and not self.is_outdated:
            self.is_outdated = not await still_stands(self._tools.catalogue, self._subscription)
        return self.failure is None and not self.is_outdated

    async def _send(self, delivery: Delivery, told: Read) -> Failure | None:
        now, subscription = self._tools.clock(), self._subscription
        body = cloud_event(told, delivery.sequence, delivery.previous)
        numbers = [subscription.secret_number]
        if subscription.previous_secret_until is not None and now < subscription.previous_secret_until:
            numbers.append(subscription.secret_number - 1)
        keys = [self._tools.key(subscription.agency, subscription.name, number) for number in numbers]
        headers = signed_headers(event_id(delivery.entry), now, body, keys)
        try:
            return failure_of(await self._sender.post(subscription.endpoint, headers, body), now)
        except NotDeliveredError as error:
            return Failure(str(error))

    async def _keep(self) -> None:
        """Store the sequence up to which everything was delivered; many deliveries share one write."""
        async with self._keeping:
            sequence = self.standing.sequence
            while self._ahead and self._ahead[0] in self._delivered:
                sequence = self._ahead.popleft()
                self._delivered.discard(sequence)
            if sequence > self.standing.sequence:
                self.standing = after_success(self.standing)._replace(sequence=sequence)
                await self._tools.channels.keep(self._subscription.name, self.standing)
