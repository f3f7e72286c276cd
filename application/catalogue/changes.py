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


class Undecided(NamedTuple, Generic[C, S]):
    """A command, and the stream that it is about as it was loaded."""

    slug: str
    found: Loaded[C, S]
    command: C


class Asking(NamedTuple):
    """When something is asked, in which catalogue, and about whom: the short name in the address, if it has one."""

    at: datetime
    catalogue: Catalogue
    slug: str | None

    @property
    def named(self) -> str:
        """The short name in the address.

        Raises:
            LookupError: there is none.
        """
        if self.slug is None:
            raise LookupError("a command about an agency or a service needs its short name")
        return self.slug


Build: TypeAlias = Callable[[Asking, Any], Awaitable[Undecided[Any, Any]]]


class CatalogueCommand(NamedTuple):
    """A change.

    Attributes:
        method, path: its address under the version of the interface.
        action: who may ask for it.
        takes: its body.
        build: returns the domain's command that the body becomes.
        name, summary, promise: what it is called, what it does, and what follows from it.
        creates: whether something new comes of it, which is answered with 201 and its address.
    """

    method: HTTPMethod
    path: str
    action: Action
    takes: type[RequestDocument]
    build: Build
    name: str
    summary: str
    promise: str
    creates: bool = False


async def _register(asking: Asking, document: AgencyDescription) -> Undecided[RegisterAgency, AgencyState]:
    entry = AgencyEntry(**{**document.model_dump(), "slug": document.slug or asking.named})
    return Undecided(entry.slug, await asking.catalogue.agency(entry.slug), registration_of(entry, asking.at))


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


async def _draft(asking: Asking, document: ServiceDraft) -> Undecided[commands.Command, ServiceState]:
    definition = document.definition
    agency = (await asking.catalogue.agency(definition.agency)).state
    command = commands.DraftService(asking.at, COORDINATOR, definition, agency)
    return await _of_service(asking, definition.slug, command)


async def _publish(asking: Asking, document: ServicePublication) -> Undecided[commands.Command, ServiceState]:
    command = commands.PublishService(asking.at, COORDINATOR, document.version)
    return await _of_service(asking, asking.named, command)


async def _withdraw(asking: Asking, _: ServiceWithdrawal) -> Undecided[commands.Command, ServiceState]:
    return await _of_service(asking, asking.named, commands.WithdrawService(asking.at, COORDINATOR))


async def _of_service(
    asking: Asking, slug: str, command: commands.Command
) -> Undecided[commands.Command, ServiceState]:
    return Undecided(slug, await asking.catalogue.service(slug), command)


_PUT, _POST, _WRITE = HTTPMethod.PUT, HTTPMethod.POST, Action.WRITE_CATALOGUE
CATALOGUE_COMMANDS: Final = (
    CatalogueCommand(
        _PUT,
        "/agencies/{slug}",
        _WRITE,
        AgencyDescription,
        _register,
        "put_agency",
        "Register an agency",
        "The same description again changes nothing; another one is refused.",
        creates=True,
    ),
    CatalogueCommand(
        _POST,
        "/services",
        _WRITE,
        ServiceDraft,
        _draft,
        "draft",
        "Draft a version of a service",
        "Nobody can ask for it before it is published.",
        creates=True,
    ),
    CatalogueCommand(
        _POST,
        "/services/{slug}/publication",
        _WRITE,
        ServicePublication,
        _publish,
        "publish",
        "Publish a drafted version",
        "The one that was published is superseded.",
    ),
    CatalogueCommand(
        _POST,
        "/services/{slug}/withdrawal",
        _WRITE,
        ServiceWithdrawal,
        _withdraw,
        "withdraw",
        "Withdraw a service",
        "Nobody can ask for it any more; open cases go on.",
    ),
)


def _command_of(document: RequestDocument) -> CatalogueCommand:
    for command in CATALOGUE_COMMANDS:
        if isinstance(document, command.takes):
            return command
    raise LookupError(f"no command of the catalogue takes a {type(document).__name__}")


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
    command = _command_of(document)
    authorise(caller, command.action)
    asked = await command.build(Asking(window.clock(), window.catalogue, slug), document)
    try:
        changed = await change(window, asked.found, asked.command)
    except VersionConflictError as conflict:
        raise CatalogueMovedError from conflict
    first = changed.events[0] if changed.events else None  # the other events follow from it
    return CatalogueWritten(asked.slug, changed.position, getattr(first, "version", None))
