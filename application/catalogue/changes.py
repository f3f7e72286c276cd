"""The coordinator's changes of the catalogue."""

from datetime import datetime
from typing import NamedTuple, TypeVar

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.requests import AgencyEntry, ServiceDraft
from application.deciding import Changed, Command, change
from application.streams import Loaded
from application.window import Window
from domain.agency.commands import RegisterAgency
from domain.envelope import COORDINATOR
from domain.service import commands
from domain.service.commands import DraftService, PublishService, WithdrawService
from domain.values import is_time_zone
from ledger.refusals import VersionConflictError

C = TypeVar("C", bound=Command)
S = TypeVar("S")


class CatalogueWritten(NamedTuple):
    """Where the stream of an agency or service now ends, and which version of a service was written."""

    slug: str
    version: int
    position: int
    service_version: int | None = None


class CatalogueMovedError(Exception):
    """Somebody else has just changed the same entry of the catalogue; read it again."""


async def register_agency(window: Window, caller: Caller, request: AgencyEntry) -> CatalogueWritten:
    """Register an agency.

    Raises:
        NotAllowedError, Refusal, CatalogueMovedError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.WRITE_CATALOGUE)
    command = registration_of(request, window.clock())
    return _written(request.slug, await _change(window, await window.catalogue.agency(request.slug), command))


def registration_of(entry: AgencyEntry, at: datetime) -> RegisterAgency:
    """Return the command that registers the agency."""
    return RegisterAgency(
        at=at,
        actor=COORDINATOR,
        slug=entry.slug,
        name=entry.name,
        time_zone=entry.time_zone,
        zone_is_known=is_time_zone(entry.time_zone),
        desks=entry.desks,
        desk_limits=entry.desk_limits,
    )


async def draft_service(window: Window, caller: Caller, request: ServiceDraft) -> CatalogueWritten:
    """Draft a new version of a service; raises what `register_agency` raises."""
    definition = request.definition
    agency = (await window.catalogue.agency(definition.agency)).state
    command = DraftService(at=window.clock(), actor=COORDINATOR, definition=definition, agency=agency)
    return await _change_service(window, caller, definition.slug, command)


async def publish_service(window: Window, caller: Caller, slug: str, version: int) -> CatalogueWritten:
    """Publish a drafted version; raises what `register_agency` raises."""
    command = PublishService(at=window.clock(), actor=COORDINATOR, version=version)
    return await _change_service(window, caller, slug, command)


async def withdraw_service(window: Window, caller: Caller, slug: str) -> CatalogueWritten:
    """Withdraw a service; raises what `register_agency` raises."""
    return await _change_service(window, caller, slug, WithdrawService(at=window.clock(), actor=COORDINATOR))


async def _change_service(window: Window, caller: Caller, slug: str, command: commands.Command) -> CatalogueWritten:
    authorise(caller, Action.WRITE_CATALOGUE)
    changed = await _change(window, await window.catalogue.service(slug), command)
    version: int | None = getattr(changed.events[0], "version", None)  # the other events follow from it
    return _written(slug, changed)._replace(service_version=version)


async def _change(window: Window, found: Loaded[C, S], command: C) -> Changed[S]:
    try:
        return await change(window, found, command)
    except VersionConflictError as conflict:
        raise CatalogueMovedError from conflict


def _written(slug: str, changed: Changed[S]) -> CatalogueWritten:
    if changed.position is None:
        raise CatalogueMovedError  # every command about the catalogue leads to an event
    return CatalogueWritten(slug, changed.version, changed.position)
