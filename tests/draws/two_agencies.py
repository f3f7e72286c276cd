"""A town whose front desk too few sit at, and a county whose help desk may stand in for it, with a keeper at both."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from application.access.callers import Caller, Role
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry
from application.catalogue.stand_ins import name_stand_in
from application.draws.giving_back import give_back
from application.draws.holding import Held, HeldAt
from application.draws.revealing import take_share
from application.draws.rosters import declare_absence, take_seat
from application.draws.standing_in import move_to_stand_in
from application.window import Window
from domain.agency.events import DeskOfAgency
from domain.case.deadlines import local_date
from tests.application.town import COORDINATOR, ISSUER, official, open_town
from tests.draws.steered import LOG, sit_down
from tests.draws.town_hall import FRONT, case_of, requested, share, state_of

HELP: Final = DeskOfAgency(agency="county", desk="help")
OF_TOWN: Final = (official("murad"), official("nigar"))
OMAR: Final = official("omar")
OF_COUNTY: Final = tuple(
    Caller(ISSUER, name, Role.OFFICIAL, "county", frozenset({"help"})) for name in ("oya", "pari", "rena")
)


async def open_two(window: Window, of_town: Sequence[Caller] = OF_TOWN, limit: int = 20) -> None:
    """Open both agencies; so many sit at the town's front desk, and three at the county's."""
    await open_town(window, {"front": limit})
    county = AgencyEntry(slug="county", name={"en": "County"}, time_zone="Asia/Baku", desks=("help", "other"))
    await change_catalogue(window, COORDINATOR, county)
    for who in of_town:
        await take_seat(window, who, "front")
    for who in OF_COUNTY:
        await sit_down(window, who, "help")


async def stands_in(window: Window, to: DeskOfAgency | None = HELP) -> None:
    """Have the county's desk stand in for the town's, or none."""
    await name_stand_in(window, COORDINATOR, "town", "front", to)


async def moved(window: Window, case_id: UUID, held: Sequence[UUID] = ()) -> bool:
    """Move a case for which nobody can be drawn; `held` are the officials in the desk's open cases."""
    return await move_to_stand_in(window, case_id, holding(window, held), LOG)


def holding(window: Window, held: Sequence[UUID] = ()) -> HeldAt:
    """Return what says that these officials have the open cases of every desk."""

    async def held_at(_agency: str, _desk: str) -> Held:
        return Held(held, await window.ledger.head())

    return held_at


async def drawn_at_front(window: Window, case_id: UUID) -> None:
    """Have the town's own desk draw for a case."""
    await take_share(window, "town", "front", share(window, await requested(window, case_id)))


async def given_back(window: Window, case_id: UUID) -> None:
    """Have whoever has the case be away, so that it is taken from them."""
    held = UUID(str((await case_of(window, case_id)).official))
    rows = await window.vault.seats.held_at(FRONT, [held])
    seat = next(row.seat for row in rows if row.official)
    for who in (*OF_TOWN, OMAR):
        if await take_seat(window, who, "front") == seat:
            await declare_absence(window, who, "front", local_date(window.clock(), "UTC"), None)
    assert await give_back(window, "town", "front", holding(window, [held])) == 1
    assert (await state_of(window)).draws.under_way == {}
