"""What the coordinator does to the catalogue."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.entries import Versioned
from application.catalogue.requests import AgencyEntry, ServiceDraft
from application.identity import agency_stream, service_stream
from application.storing import envelope_of, new_events
from application.window import Window
from domain.agency.commands import RegisterAgency
from domain.agency.decisions import decide as decide_agency
from domain.envelope import Actor
from domain.event import Event
from domain.service.commands import Command, DraftService, PublishService, WithdrawService
from domain.service.decisions import decide as decide_service
from domain.service.state import ServiceState
from domain.values import is_time_zone
from ledger.refusals import VersionConflictError

_COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")


class CatalogueWritten(NamedTuple):
    """Where the stream of an agency or service ended, and which of its versions was written, for a service."""

    slug: str
    version: int
    position: int
    service_version: int | None = None


class CatalogueMovedError(Exception):
    """Somebody else has just changed the same entry of the catalogue; look again."""


async def register_agency(window: Window, caller: Caller, request: AgencyEntry) -> CatalogueWritten:
    """Register an agency.

    Raises:
        NotAllowedError, Refusal, CatalogueMovedError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.WRITE_CATALOGUE)
    known = await window.catalogue.agency(request.slug)
    at = window.clock()
    command = RegisterAgency(
        at=at,
        actor=_COORDINATOR,
        slug=request.slug,
        name=request.name,
        time_zone=request.time_zone,
        zone_is_known=is_time_zone(request.time_zone),
        desks=request.desks,
        desk_limits=request.desk_limits,
    )
    events = decide_agency(command, known.state)
    stream = agency_stream(request.slug)
    return await _append(window, stream, request.slug, known.version, events, request.slug, at)


async def draft_service(window: Window, caller: Caller, request: ServiceDraft) -> CatalogueWritten:
    """Write a new version of a service down; raises as `register_agency` does."""
    definition = request.definition
    agency = (await window.catalogue.agency(definition.agency)).state
    at = window.clock()
    command = DraftService(at=at, actor=_COORDINATOR, definition=definition, agency=agency)
    return await _change_service(window, caller, definition.slug, command, at)


async def publish_service(window: Window, caller: Caller, slug: str, version: int) -> CatalogueWritten:
    """Publish a drafted version; raises as `register_agency` does."""
    at = window.clock()
    command = PublishService(at=at, actor=_COORDINATOR, version=version)
    return await _change_service(window, caller, slug, command, at)


async def withdraw_service(window: Window, caller: Caller, slug: str) -> CatalogueWritten:
    """Take a service out of the window; raises as `register_agency` does."""
    at = window.clock()
    return await _change_service(window, caller, slug, WithdrawService(at=at, actor=_COORDINATOR), at)


async def _change_service(
    window: Window, caller: Caller, slug: str, command: Command, at: datetime
) -> CatalogueWritten:
    authorise(caller, Action.WRITE_CATALOGUE)
    known: Versioned[ServiceState] = await window.catalogue.service(slug)
    events = decide_service(command, known.state)
    agency = known.state.agency if known.state else ""
    if isinstance(command, DraftService):
        agency = command.definition.agency
    written = await _append(window, service_stream(slug), slug, known.version, events, agency, at)
    version: int | None = getattr(events[0], "version", None)  # the others follow from it
    return written._replace(service_version=version)


async def _append(
    window: Window, stream: UUID, slug: str, version: int, events: Sequence[Event], agency: str, at: datetime
) -> CatalogueWritten:
    envelope = envelope_of(_COORDINATOR, (agency,), at, stream)
    try:
        appended = await window.ledger.append(new_events(stream, version, events, envelope, None))
    except VersionConflictError as conflict:
        raise CatalogueMovedError(slug) from conflict
    return CatalogueWritten(slug, appended.version, appended.position)
