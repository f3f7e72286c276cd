"""A town with a service, whose agency subscribes. Everything is asked for in the same way as by the window's users."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.requests import Submission, Withdrawal
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.clock import system_clock
from application.identity import subscription_stream
from application.request_document import RequestDocument
from application.subscriptions.changes import Outside, ask_for_subscription, change_subscription
from application.subscriptions.egress import Egress
from application.subscriptions.requests import (
    EndpointChange,
    ReplayRequest,
    SecretRotation,
    SubscriptionEnding,
    SubscriptionGrant,
    SubscriptionRequest,
)
from application.subscriptions.webhook_secrets import signing_key
from application.window import Window, window_on
from consumers.webhooks.channel import Channel
from consumers.webhooks.page import Tools
from consumers.webhooks.resolving import Resolver, system_resolver
from consumers.webhooks.sending import Sender
from consumers.webhooks.settings import WebhookSettings
from domain.service.definition import ServiceDefinition
from ledger.channels.webhooks import WebhookChannels
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from projections.agency_feed.types import Delivery
from projections.runner import Projector
from projections.subscriptions.types import Delivering, Subscription
from projections.views import Views
from tests.api.running import Where

COORDINATOR = Caller("https://id.example", "coordinator", Role.COORDINATOR)
CITIZEN = Caller("https://id.example", "citizen", Role.CITIZEN)
SYSTEM = Caller("https://id.example", "system", Role.AGENCY, "town")
HERE = Egress(networks=(ip_network("127.0.0.0/8"),), plain_http=True)
"""An egress policy that allows the tests' receivers."""


def a_service(slug: str) -> ServiceDefinition:
    return ServiceDefinition(
        slug=slug,
        agency="town",
        desk="front",
        title={"en": slug},
        description={"en": slug},
        legal_basis="Act 1",
        channels=("internet",),
        languages=("en",),
    )


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = system_clock()

    def __call__(self) -> datetime:
        return self.at


class Town(NamedTuple):
    """The window, its views, and the sender's database."""

    window: Window
    views: Views
    projector: str

    async def subscribes(self, endpoint: str | None, name: str = "hook", egress: Egress = HERE, **filters: Any) -> str:
        """Let the agency ask and the coordinator grant; return the subscription's name."""
        request = SubscriptionRequest(endpoint=endpoint, **filters)
        asked = await ask_for_subscription(self.window, SYSTEM, egress, name, request)
        await self._changes(COORDINATOR, egress, name, asked.version, SubscriptionGrant())
        await self.catches_up()
        return name

    async def _changes(self, who: Caller, egress: Egress, name: str, version: int, asked: RequestDocument) -> None:
        outside = Outside(egress, self.views.agency_feed.last_sequence)
        await change_subscription(self.window, who, outside, name, version, asked)

    async def moves(self, endpoint: str | None, name: str = "hook") -> None:
        """Change the endpoint, as the agency."""
        version = (await self.window.catalogue.subscription(name)).version
        await self._changes(SYSTEM, HERE, name, version, EndpointChange(endpoint=endpoint))
        await self.catches_up()

    async def rotates(self, name: str = "hook") -> None:
        """Ask for a new secret, as the agency."""
        version = (await self.window.catalogue.subscription(name)).version
        await self._changes(SYSTEM, HERE, name, version, SecretRotation())
        await self.catches_up()

    async def replays(self, after: int, name: str = "hook") -> None:
        """Ask for a replay, as the agency."""
        version = (await self.window.catalogue.subscription(name)).version
        await self._changes(SYSTEM, HERE, name, version, ReplayRequest(after=after))
        await self.catches_up()

    async def ends(self, name: str = "hook") -> None:
        """End the subscription, as the agency."""
        version = (await self.window.catalogue.subscription(name)).version
        await self._changes(SYSTEM, HERE, name, version, SubscriptionEnding())
        await self.catches_up()

    async def lives(self, cases: int, *, service: str = "permit") -> list[UUID]:
        """Submit so many cases at once, and withdraw every other one."""
        asked = Submission(service=service)
        written = await asyncio.gather(*(submit(self.window, CITIZEN, asked, "internet", None) for _ in range(cases)))
        back = [change_case(self.window, CITIZEN, each.case_id, 1, Withdrawal(), None) for each in written[::2]]
        await asyncio.gather(*back)
        await self.catches_up()
        return [each.case_id for each in written]

    async def catches_up(self) -> None:
        """Wait until the views have caught up."""
        assert await self.views.positions.wait_for(await self.window.ledger.head(), 30)

    @asynccontextmanager
    async def standing(self, view: str) -> AsyncIterator[None]:
        """Let a view stand still during the block, as if it had stopped; then let it catch up."""
        await self.catches_up()
        self._sets(view, "by a test")
        try:
            yield
        finally:
            self._sets(view, None)
        assert await self.views.positions.wait_for_views([view], await self.window.ledger.head(), 30)

    def _sets(self, view: str, stopped: str | None) -> None:
        with psycopg.connect(self.projector) as projector:
            projector.execute(f'UPDATE "{view}".tracking SET stopped = %s'.encode(), [stopped])

    async def feed(self, after: int = 0, **filters: Any) -> Sequence[Delivery]:
        """Return the agency's feed."""
        return await self.views.agency_feed.page("town", after, 100_000, **filters)

    async def begun(self, name: str = "hook") -> int:
        """Return the sequence of the event by which the subscription was granted."""
        granted = await self.feed(topics=["subscription.granted"])
        (version,) = [each.sequence for each in granted if each.entry.stream == self.stream_of(name)]
        return version

    @staticmethod
    def stream_of(name: str) -> UUID:
        return subscription_stream(name)

    async def delivering(self, name: str = "hook") -> Delivering:
        """Return the subscription as the sender sees it."""
        (found,) = [each for each in await self.views.subscriptions.delivering() if each.name == name]
        return found

    async def told(self, name: str = "hook") -> Subscription:
        """Return the subscription as its agency sees it."""
        found = await self.views.subscriptions.subscription(name)
        assert found is not None
        return found

    def key(self, agency: str, name: str, number: int) -> bytes:
        """Return the signing key."""
        return signing_key(self.window.vault.derive, agency, name, number)

    @asynccontextmanager
    async def channel(
        self,
        clock: Clock,
        settings: WebhookSettings = WebhookSettings(egress=HERE),  # noqa: B008 - it cannot be changed
        resolve: Resolver = system_resolver,
    ) -> AsyncIterator["Turns"]:
        """Yield one subscription's deliveries, turn by turn, with a clock that the test sets."""
        channels = WebhookChannels(self.projector)
        await channels.open()
        assert await channels.elect()
        tools = Tools(channels, self.views.agency_feed, self.key, settings, clock, self.window.catalogue)
        sender = Sender(settings, resolve)
        turns = Turns(self, Channel(tools, sender), clock)
        try:
            yield turns
        finally:
            await turns.channel.end()
            await sender.close()
            await channels.close()


class Turns:
    """Deliveries of the subscription named `hook`, in simulated time."""

    def __init__(self, town: Town, channel: Channel, clock: Clock) -> None:
        self.town, self.channel, self.clock = town, channel, clock
        self.tries = 0

    async def until(self, end: datetime) -> None:
        """Let the time pass until then, and do whatever becomes due."""
        while True:
            due = await self.channel.turn(await self.town.delivering())
            self.tries += 1
            if due is None or due > end:
                self.clock.at = max(self.clock.at, end)
                return
            self.clock.at = max(self.clock.at, due)

    async def pass_by(self, **time: float) -> None:
        """Let so much time pass."""
        await self.until(self.clock.at + timedelta(**time))


@asynccontextmanager
async def open_town(where: Where, keys: Path) -> AsyncIterator[Town]:
    """Open the window on fresh databases with running projectors, and register the town's agency and services."""
    async with (
        Ledger(where.writer) as ledger,
        Vault(where.vault, FileKeyEncryption(keys)) as vault,
        window_on(ledger, vault, system_clock) as window,
        Projector(where.projector) as projector,
        projector.running(),
        Views(where.reader) as views,
    ):
        if (await window.catalogue.agency("town")).state is None:
            entry = AgencyEntry(slug="town", name={"en": "Town"}, time_zone="UTC", desks=("front",))
            await change_catalogue(window, COORDINATOR, entry)
            for slug in ("permit", "licence"):
                await change_catalogue(window, COORDINATOR, ServiceDraft(definition=a_service(slug)))
                await change_catalogue(window, COORDINATOR, ServicePublication(version=1), slug)
        town = Town(window, views, where.projector)
        await town.catches_up()
        yield town
