"""Reads services, agencies, subscriptions and the register of resources as the ledger has them now."""

import asyncio
from collections import defaultdict
from typing import TypeAlias, TypeVar
from uuid import UUID

from application.identity import (
    agency_stream,
    calendar_stream,
    desk_stream,
    register_stream,
    service_stream,
    subscription_stream,
)
from application.streams import Loaded, load
from domain.agency.commands import Command as AgencyCommand
from domain.agency.state import AgencyState
from domain.calendar.commands import Command as CalendarCommand
from domain.calendar.state import MONDAY_TO_FRIDAY, CalendarState, KnownCalendar
from domain.desk.commands import Command as DeskCommand
from domain.desk.state import DeskState
from domain.register.commands import Command as RegisterCommand
from domain.register.state import RegisterState
from domain.service.commands import Command as ServiceCommand
from domain.service.definition import ServiceDefinition
from domain.service.state import ServiceState
from domain.stream_kinds import AGENCY, CALENDAR, DESK, REGISTER, SERVICE, SUBSCRIPTION, StreamKind
from domain.subscription.commands import Command as SubscriptionCommand
from domain.subscription.state import SubscriptionState
from ledger.store.ledger import Ledger

Command = TypeVar("Command")
State = TypeVar("State")
LoadedCalendar: TypeAlias = Loaded[CalendarCommand, CalendarState]
LoadedService: TypeAlias = Loaded[ServiceCommand, ServiceState]
LoadedAgency: TypeAlias = Loaded[AgencyCommand, AgencyState]
LoadedSubscription: TypeAlias = Loaded[SubscriptionCommand, SubscriptionState]
LoadedDesk: TypeAlias = Loaded[DeskCommand, DeskState]
LoadedRegister: TypeAlias = Loaded[RegisterCommand, RegisterState]


class Catalogue:
    """Reads them from their streams. It keeps what it has read, and reads only what came after.

    `register_turn` is held by whoever changes the register in this process: the register is one stream.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._services: dict[UUID, LoadedService] = {}
        self._agencies: dict[UUID, LoadedAgency] = {}
        self._calendars: dict[UUID, LoadedCalendar] = {}
        self._desks: dict[UUID, LoadedDesk] = {}
        self._desk_turns: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._subscriptions: dict[UUID, LoadedSubscription] = {}
        self._register: dict[UUID, LoadedRegister] = {}
        self.register_turn = asyncio.Lock()

    async def service(self, slug: str) -> LoadedService:
        """Return the service as committed by now."""
        return await self._caught_up(self._services, SERVICE, service_stream(slug))

    async def agency(self, slug: str) -> LoadedAgency:
        """Return the agency as committed by now."""
        return await self._caught_up(self._agencies, AGENCY, agency_stream(slug))

    async def calendar(self, slug: str) -> LoadedCalendar:
        """Return the calendar as committed by now."""
        return await self._caught_up(self._calendars, CALENDAR, calendar_stream(slug))

    async def known_calendar(self, slug: str | None) -> KnownCalendar:
        """Return the calendar of this name as it is known now; Monday to Friday are worked where none is named.

        Raises:
            LookupError: there is no such calendar.
        """
        if slug is None:
            return MONDAY_TO_FRIDAY
        state = (await self.calendar(slug)).state
        if state is None:
            raise LookupError(f"there is no calendar {slug}")
        return KnownCalendar(state, state.version)

    async def desk(self, agency: str, desk: str) -> LoadedDesk:
        """Return the desk, with its roster and draws, as committed by now."""
        return await self.desk_of(desk_stream(agency, desk))

    async def desk_of(self, stream: UUID) -> LoadedDesk:
        """Return the desk whose stream this is, as committed by now."""
        return await self._caught_up(self._desks, DESK, stream)

    def turn_at_desk(self, desk_id: UUID) -> asyncio.Lock:
        """Return what is held by whoever changes the desk in this process: all its draws are one stream."""
        return self._desk_turns[desk_id]

    async def register(self) -> LoadedRegister:
        """Return the register of resources as committed by now."""
        return await self._caught_up(self._register, REGISTER, register_stream())

    async def subscription(self, name: str) -> LoadedSubscription:
        """Return the subscription as committed by now."""
        return await self._caught_up(self._subscriptions, SUBSCRIPTION, subscription_stream(name))

    async def time_zone(self, agency: str) -> str:
        """Return an agency's time zone, UTC if there is no such agency. A zone never changes, so it may be kept."""
        kept = self._agencies.get(agency_stream(agency)) or await self.agency(agency)
        return kept.state.time_zone if kept.state else "UTC"

    async def definition(self, slug: str, version: int) -> ServiceDefinition:
        """Return a version's definition. A version never changes, so it may be remembered."""
        kept = self._services.get(service_stream(slug))
        if kept is None or kept.state is None or version not in kept.state.versions:
            kept = await self.service(slug)
        if kept.state is None:
            raise LookupError(f"the service {slug} has no version {version}")
        return kept.state.versions[version].definition

    async def _caught_up(
        self, known: dict[UUID, Loaded[Command, State]], kind: StreamKind[Command, State], stream: UUID
    ) -> Loaded[Command, State]:
        current = await load(self._ledger, kind, stream, known.get(stream))
        if current.version > 0:
            known[stream] = current
        return current
