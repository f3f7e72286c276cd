"""Gives a case that too few can take to the desk of another agency that stands in, if the catalogue names one."""

from uuid import UUID

from application.cases.case_streams import load_case
from application.deciding import change
from application.draws.holding import HeldAt
from application.draws.requesting import command_for, waits
from application.draws.rosters import opened
from application.window import Window
from domain.agency.events import DeskOfAgency
from domain.case.assignment_commands import MoveCase
from domain.draw.eligibility import FEWEST
from domain.envelope import DRAW


async def move_to_stand_in(window: Window, case_id: UUID, held_at: HeldAt, log: str) -> bool:
    """Move a case for which nobody can be drawn to the desk that stands in; return whether it was moved.

    Args:
        window: the window.
        case_id: the case.
        held_at: returns who has the desk's open cases, as of now or later.
        log: the name of the public log.

    Raises:
        Refusal: the case stays where it is: it was moved before, or enough could take it if they had fewer cases.
        VersionConflictError: somebody has changed the case; look at it again.
        KeysMissingError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    case = await load_case(window.ledger, case_id)
    if case.state is None or not waits(case):
        return False
    agency, desk = case.state.agency, case.state.desk
    to = await _stand_in_of(window, agency, desk)
    found = await window.catalogue.desk(agency, desk)
    if to is None or found.state is None or found.state.draws.draw_for(case_id) is not None:
        return False
    listed = await command_for(window, case, found, await held_at(agency, desk), log)
    if len(listed.commitments) >= FEWEST:
        return False  # somebody has sat down since: the next look draws
    able, excluded = len(listed.commitments), [each.why for each in listed.excluded]
    at_limit = excluded.count("at_limit")
    unable = len(excluded) - at_limit
    command = MoveCase(window.clock(), DRAW, to, "too_few", able, at_limit, unable, found.seen)
    # The commit point. A crash after it: the next look finds the case at the other desk, and draws there.
    await change(window, case, command)
    return True


async def open_both(window: Window, agency: str, desk: str) -> None:
    """Have a desk and the one that stands in for it opened, so that cases are drawn for at both, or moved.

    A desk where nobody has ever sat down is not open yet.

    Raises:
        Refusal, LedgerUnavailableError, VaultUnavailableError.
    """
    to = await _stand_in_of(window, agency, desk)
    if to is not None:
        await opened(window, agency, desk)
        await opened(window, to.agency, to.desk)


async def _stand_in_of(window: Window, agency: str, desk: str) -> DeskOfAgency | None:
    registered = (await window.catalogue.agency(agency)).state
    return registered.stand_ins.get(desk) if registered else None
