"""The coordinator says which desk of another agency stands in for a desk, where too few can take a case."""

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.changes import CatalogueMovedError, acting
from application.deciding import change
from application.window import Window
from domain.agency.commands import NameStandIn
from domain.agency.events import DeskOfAgency
from ledger.refusals import VersionConflictError


async def name_stand_in(
    window: Window, caller: Caller, agency: str, desk: str, stand_in: DeskOfAgency | None
) -> int | None:
    """Have a desk stand in for an agency's, or none; return the position of the change, None if there is none.

    Raises:
        NotAllowedError: the caller is no coordinator.
        Refusal: there is no such agency or desk, or both are of one agency.
        CatalogueMovedError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.WRITE_CATALOGUE)
    at = window.clock()
    actor = await acting(window.catalogue, caller, at)
    other = None if stand_in is None else (await window.catalogue.agency(stand_in.agency)).state
    found = await window.catalogue.agency(agency)
    command = NameStandIn(at, actor, desk, stand_in, other.desks if other else None)
    try:
        return (await change(window, found, command)).position
    except VersionConflictError as conflict:
        raise CatalogueMovedError from conflict
