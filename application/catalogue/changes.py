"""Makes the changes of the catalogue and the register: lists them all, and says who acts."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from application.access.authorisation import authorise
from application.access.callers import Caller, Role
from application.catalogue.calendar_commands import CALENDAR_COMMANDS
from application.catalogue.commands import Asking, CatalogueCommand
from application.catalogue.entries import Catalogue
from application.catalogue.grant_commands import GRANT_COMMANDS
from application.catalogue.register_commands import REGISTER_COMMANDS
from application.catalogue.resource_commands import RESOURCE_COMMANDS
from application.catalogue.service_commands import SERVICE_COMMANDS
from application.deciding import change
from application.request_document import RequestDocument
from application.subscriptions.egress import Egress
from application.window import Window
from domain.envelope import COORDINATOR, Actor
from domain.register.refusals import NotTheCoordinator
from ledger.refusals import VersionConflictError

_ON_THE_REGISTER: Final = (*REGISTER_COMMANDS, *RESOURCE_COMMANDS, *GRANT_COMMANDS)
CATALOGUE_COMMANDS: Final[tuple[CatalogueCommand, ...]] = (*SERVICE_COMMANDS, *CALENDAR_COMMANDS, *_ON_THE_REGISTER)
_BY_DOCUMENT: Final[Mapping[type[RequestDocument], CatalogueCommand]] = MappingProxyType(
    {command.takes: command for command in CATALOGUE_COMMANDS}
)
_TRIES: Final = 8


class CatalogueWritten(NamedTuple):
    """What was changed, by its name, and which version of a service was written.

    The position is None when nothing had to be done.
    """

    name: str
    position: int | None
    service_version: int | None = None


class CatalogueMovedError(Exception):
    """Somebody else has just changed the same entry of the catalogue; read it again."""


def command_of(document: RequestDocument) -> CatalogueCommand:
    """Return the command that the document asks for."""
    command = next((_BY_DOCUMENT[kind] for kind in type(document).__mro__ if kind in _BY_DOCUMENT), None)
    if command is None:
        raise LookupError(f"no command of the catalogue takes a {type(document).__name__}")
    return command


async def change_catalogue(
    window: Window, caller: Caller, document: RequestDocument, name: str | None = None, egress: Egress | None = None
) -> CatalogueWritten:
    """Make the change that the document asks for.

    Args:
        window: the window.
        caller: a coordinator, or the system of the agency that the change is about.
        document: what is asked.
        name: the name of what is changed, if the document does not say it.
        egress: where the operator lets the window send; to every public address if it is not given.

    Raises:
        NotAllowedError: the caller's role may not do this.
        Refusal: the domain refuses the change, and names the rule.
        CatalogueMovedError, LedgerBusyError, LedgerUnavailableError.
    """
    command = command_of(document)
    authorise(caller, command.action)
    egress = egress or Egress()
    if command not in _ON_THE_REGISTER:
        return await _carried_out(window, caller, command, document, name, egress)
    # All agencies share the register's stream: here they take turns, and whoever was faster elsewhere has most likely
    # changed something else.
    async with window.catalogue.register_turn:
        for _ in range(_TRIES - 1):
            with suppress(CatalogueMovedError):
                return await _carried_out(window, caller, command, document, name, egress)
        return await _carried_out(window, caller, command, document, name, egress)


async def _carried_out(
    window: Window,
    caller: Caller,
    command: CatalogueCommand,
    document: RequestDocument,
    name: str | None,
    egress: Egress,
) -> CatalogueWritten:
    at = window.clock()
    actor = await acting(window.catalogue, caller, at)
    asked = await command.build(Asking(at, actor, window.catalogue, name, egress), document)
    try:
        changed = await change(window, asked.found, asked.command)
    except VersionConflictError as conflict:
        raise CatalogueMovedError from conflict
    first = changed.events[0] if changed.events else None  # the other events follow from it
    return CatalogueWritten(asked.slug, changed.position, getattr(first, "version", None))


async def acting(catalogue: Catalogue, caller: Caller, at: datetime) -> Actor:
    """Return the actor that a coordinator or an agency's system is.

    Raises:
        NotTheCoordinator: the role of the coordinator belongs to another agency than the caller's at that time.
    """
    if caller.role is not Role.COORDINATOR:
        return Actor(role="agency", pseudonym=caller.agency or "")
    register = (await catalogue.register()).state
    coordinator = register.coordinator_at(at) if register else None
    if coordinator is None:
        return COORDINATOR
    if caller.agency != coordinator:
        raise NotTheCoordinator
    return Actor(role="coordinator", pseudonym=coordinator)
