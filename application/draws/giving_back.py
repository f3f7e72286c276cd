"""Takes open cases from officials who are away, have left the desk or must not decide: others are drawn for them."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from application.cases.case_streams import load_case
from application.deciding import change
from application.draws.holding import HeldAt
from application.identity import desk_stream
from application.window import Window
from domain.case.assignment_commands import ReleaseCase
from domain.case.assignment_events import WhyReleased
from domain.case.deadlines import local_date
from domain.desk.roster_state import Roster
from domain.envelope import DRAW
from domain.refusals import Refusal
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.vault.seats import HeldCase

_TRIES: Final = 5


async def give_back(window: Window, agency: str, desk: str, held_at: HeldAt) -> int:
    """Take the cases of absent and departed officials from them; return how many were taken.

    Args:
        window: the window.
        agency: the agency.
        desk: its desk.
        held_at: returns who has the desk's open cases, as of now or later.

    Raises:
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    found = await window.catalogue.desk(agency, desk)
    if found.state is None:
        return 0
    roster = found.state.roster
    today = local_date(window.clock(), await window.catalogue.time_zone(agency))
    if not any(seat.is_away(today) for seat in roster.seats.values()) and not roster.left:
        return 0
    rows = await window.vault.seats.held_at(found.stream, (await held_at(agency, desk)).officials)
    taken = 0
    for row in rows:
        seat = row.seat
        why = _why(roster, seat, is_away=seat in roster.seats and roster.seats[seat].is_away(today))
        if why is not None:
            taken += await _taken(window, row, why)
    for seat in {row.seat for row in rows} & roster.left:
        # The commit point of leaving. Whatever is drawn for this seat from now on is released in the same append. A
        # crash before it: the next look finds the seat, and nothing to give back.
        await window.vault.drop_key(seat)
    return taken


async def take_from_parties(window: Window, agency: str, desk: str, held_at: HeldAt) -> int:
    """Take cases from officials who have become a party to them; return how many were taken. Raises as `give_back`."""
    rows = await window.vault.seats.held_at(desk_stream(agency, desk), (await held_at(agency, desk)).officials)
    return sum([await _taken(window, row, "recusal") for row in rows if row.is_party])


def _why(roster: Roster, seat: UUID, *, is_away: bool) -> WhyReleased | None:
    if seat in roster.left:
        return "departure"
    return "absence" if is_away else None


async def _taken(window: Window, held: HeldCase, why: WhyReleased) -> bool:
    if held.official is None or held.case_id is None:
        return False
    for _ in range(_TRIES):
        command = ReleaseCase(window.clock(), DRAW, str(held.official), why, has_looked=False)
        with suppress(VersionConflictError):
            try:
                await change(window, await load_case(window.ledger, held.case_id), command)
            except Refusal:
                return False  # it has ended, or is another official's
            return True
    raise LedgerBusyError(retry_after=1)
