"""Services, agencies and subscriptions as the ledger has them this moment."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from application.identity import agency_stream, service_stream, subscription_stream
from domain.agency.state import AgencyState
from domain.agency.state import evolve as evolve_agency
from domain.event import Event
from domain.service.definition import ServiceDefinition
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from domain.subscription.state import SubscriptionState
from domain.subscription.state import evolve as evolve_subscription
from ledger.published.codec import events_of
from ledger.store.ledger import Ledger

State = TypeVar("State")


class Versioned(NamedTuple, Generic[State]):
    """A state, and the version of its stream."""

    state: State | None
    version: int


class Catalogue:
    """Reads all three from their streams; what was read before is kept and only caught up with."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._services: dict[UUID, Versioned[ServiceState]] = {}
        self._agencies: dict[UUID, Versioned[AgencyState]] = {}
        self._subscriptions: dict[UUID, Versioned[SubscriptionState]] = {}

    async def service(self, slug: str) -> Versioned[ServiceState]:
        """Return the service with all that is committed by now."""
        return await self._caught_up(self._services, service_stream(slug), evolve_service)

    async def agency(self, slug: str) -> Versioned[AgencyState]:
        """Return the agency with all that is committed by now."""
        return await self._caught_up(self._agencies, agency_stream(slug), evolve_agency)

    async def subscription(self, name: str) -> Versioned[SubscriptionState]:
        """Return the subscription with all that is committed by now."""
        return await self._caught_up(self._subscriptions, subscription_stream(name), evolve_subscription)

    async def time_zone(self, agency: str) -> str:
        """Return an agency's time zone: a zone never changes, so a kept one will do. No such agency has UTC."""
        kept = self._agencies.get(agency_stream(agency)) or await self.agency(agency)
        return kept.state.time_zone if kept.state else "UTC"

    async def definition(self, slug: str, version: int) -> ServiceDefinition:
        """Return one version's definition; versions never change, so a kept one will do."""
        kept = self._services.get(service_stream(slug))
        if kept is None or kept.state is None or version not in kept.state.versions:
            kept = await self.service(slug)
        if kept.state is None:
            raise LookupError(f"the service {slug} has no version {version}")
        return kept.state.versions[version].definition

    async def _caught_up(
        self,
        kept: dict[UUID, Versioned[State]],
        stream: UUID,
        evolve: Callable[[State | None, Event], State],
    ) -> Versioned[State]:
        state, version = kept.get(stream, Versioned[State](None, 0))
        entries = await self._ledger.read_stream(stream, version)
        for event in events_of(entries):
            state = evolve(state, event)
        current = Versioned(state, version + len(entries))
        if current.version > 0:
            kept[stream] = current
        return current
