"""The coordinator's changes of the catalogue: lists them in one table, and makes them.

A row names the address, the body, and how the body becomes the domain's command about an agency or a service.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPMethod
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.entries import Catalogue
from application.catalogue.requests import (
    AgencyDescription,
    AgencyEntry,
    ServiceDraft,
    ServicePublication,
    ServiceWithdrawal,
)
from application.deciding import Command, change
from application.request_document import RequestDocument
from application.streams import Loaded
from application.window import Window
from domain.agency.commands import RegisterAgency
from domain.agency.state import AgencyState
from domain.envelope import COORDINATOR
from domain.service import commands
from domain.service.state import ServiceState
from domain.values import is_time_zone
from ledger.refusals import VersionConflictError

C = TypeVar("C", bound=Command)
S = TypeVar("S")


class CatalogueWritten(NamedTuple):
    """The agency or service after a change, and which version of the service was written.

    The position is None when nothing had to be done.
    """

    slug: str
    position: int | None
    service_version: int | None = None


class CatalogueMovedError(Exception):
    """Somebody else has just changed the same entry of the catalogue; read it again."""


class Asked(NamedTuple, Generic[C, S]):
    """A command, and the stream that it is about as it was loaded."""

    slug: str
    found: Loaded[C, S]
    command: C


class Acting(NamedTuple):
    """What a body is asked about: when, in which catalogue, and the short name in the address, if it has one."""

    at: datetime
    catalogue: Catalogue
    slug: str | None


Build: TypeAlias = Callable[[Acting, Any], Awaitable[Asked[Any, Any]]]


class CatalogueCommand(NamedTuple):
    """A change: its address, its body, and what it becomes. `creates`: whether its address is that of something new."""

    method: HTTPMethod
    path: str
    takes: type[RequestDocument]
    build: Build
    name: str
    summary: str
    creates: bool = False


async def _register(acting: Acting, asked: AgencyDescription) -> Asked[RegisterAgency, AgencyState]:
    slug = asked.slug or acting.slug or ""
    entry = AgencyEntry(**{**asked.model_dump(), "slug": slug})
    return Asked(slug, await acting.catalogue.agency(slug), registration_of(entry, acting.at))


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


async def _draft(acting: Acting, asked: ServiceDraft) -> Asked[commands.Command, ServiceState]:
    definition = asked.definition
    agency = (await acting.catalogue.agency(definition.agency)).state
    return await _of_service(acting, definition.slug, commands.DraftService(acting.at, COORDINATOR, definition, agency))


async def _publish(acting: Acting, asked: ServicePublication) -> Asked[commands.Command, ServiceState]:
    return await _of_service(acting, acting.slug or "", commands.PublishService(acting.at, COORDINATOR, asked.version))


async def _withdraw(acting: Acting, _: ServiceWithdrawal) -> Asked[commands.Command, ServiceState]:
    return await _of_service(acting, acting.slug or "", commands.WithdrawService(acting.at, COORDINATOR))


async def _of_service(acting: Acting, slug: str, command: commands.Command) -> Asked[commands.Command, ServiceState]:
    return Asked(slug, await acting.catalogue.service(slug), command)


_PUT, _POST = HTTPMethod.PUT, HTTPMethod.POST
CATALOGUE_COMMANDS: Final = (
    CatalogueCommand(
        _PUT, "/agencies/{slug}", AgencyDescription, _register, "put_agency", "Register an agency", creates=True
    ),
    CatalogueCommand(_POST, "/services", ServiceDraft, _draft, "draft", "Draft a version of a service", creates=True),
    CatalogueCommand(
        _POST, "/services/{slug}/publication", ServicePublication, _publish, "publish", "Publish a drafted version"
    ),
    CatalogueCommand(
        _POST, "/services/{slug}/withdrawal", ServiceWithdrawal, _withdraw, "withdraw", "Withdraw a service"
    ),
)


async def change_catalogue(
    window: Window, caller: Caller, document: RequestDocument, slug: str | None = None
) -> CatalogueWritten:
    """Make the change that the document asks for.

    Args:
        window: the window.
        caller: a coordinator.
        document: what is asked.
        slug: the short name of the agency or service, if the document does not say it.

    Raises:
        NotAllowedError: the caller is no coordinator.
        Refusal: the domain refuses the change, and names the rule.
        CatalogueMovedError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.WRITE_CATALOGUE)
    build = next(command.build for command in CATALOGUE_COMMANDS if isinstance(document, command.takes))
    asked = await build(Acting(window.clock(), window.catalogue, slug), document)
    try:
        changed = await change(window, asked.found, asked.command)
    except VersionConflictError as conflict:
        raise CatalogueMovedError from conflict
    first = changed.events[0] if changed.events else None  # the other events follow from it
    return CatalogueWritten(asked.slug, changed.position, getattr(first, "version", None))
