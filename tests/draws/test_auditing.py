"""An auditor opens the lists of a case's draws, and compares them with the roster and the loads of that moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import UUID

from application.cases.case_streams import load_case
from application.deciding import change
from application.draws.auditing import Examined, examine
from application.draws.holding import Held
from application.draws.requesting import command_for
from application.draws.rosters import declare_absence, key_of
from application.window import Window
from domain.case.deadlines import local_date
from domain.desk.events import Excluded
from tests.application.conftest import OpenWindow
from tests.application.town import citizen, official, submitted
from tests.draws.town_hall import LOG, OFFICIALS, drawn, open_hall

ANA = citizen("ana")


def played(open_window: OpenWindow, scene: Callable[[Window], Awaitable[None]]) -> None:
    async def main() -> None:
        async with open_window() as window:
            await scene(window)

    asyncio.run(main())


async def examined(window: Window, case_id: UUID) -> list[Examined]:
    return [each async for each in examine(window, case_id)]


def test_who_was_listed_and_who_not_is_opened_with_the_loads_that_were_counted(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window, (*OFFICIALS, official("ana")))
        held: list[UUID] = []
        for number in range(3):
            case_id = (await submitted(window, citizen(f"c{number}"))).case_id
            await drawn(window, case_id, held)
            state = (await load_case(window.ledger, case_id)).state
            assert state is not None
            held.append(UUID(str(state.official)))
        await declare_absence(window, OFFICIALS[0], "front", local_date(window.clock(), "UTC"), None)
        case_id = (await submitted(window, ANA)).case_id
        picked = await drawn(window, case_id, held)

        (draw,) = await examined(window, case_id)
        assert (draw.number, draw.place, list(draw.faults)) == (picked.number, picked.index, [])
        assert draw.seats[seats[OFFICIALS[0]]] == "away"
        assert draw.seats[seats[official("ana")]] == "party_to_the_case"
        assert draw.seats.keys() == set(seats.values())
        assert sum(draw.loads.values()) == 3
        listed = [draw.loads[seat] for seat, why in draw.seats.items() if why == "listed"]
        others = [draw.loads[seat] for seat, why in draw.seats.items() if why == "more_loaded"]
        assert max(listed) <= min(others, default=max(listed))

    played(open_window, scene)


def test_somebody_who_was_left_out_without_reason_is_found(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        case, desk = await load_case(window.ledger, case_id), await window.catalogue.desk("town", "front")
        honest = await command_for(window, case, desk, Held((), await window.ledger.head()), LOG)
        left_out, *others = honest.commitments
        unjust = Excluded(commitment=left_out, why="away"), Excluded(commitment=others.pop(), why="more_loaded")
        command = replace(honest, commitments=tuple(others), excluded=unjust)
        await change(window, desk, command, find_sealing_key=partial(key_of, window, "town", "front"))

        (draw,) = await examined(window, case_id)
        assert len(draw.faults) == 2
        assert "was not away, and was away" in draw.faults[0]
        assert draw.faults[1] == "the list is not that of the least loaded"

    played(open_window, scene)


def test_a_case_that_nobody_was_drawn_for_has_no_draws(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id

        assert await examined(window, case_id) == []
        assert await examined(window, UUID(int=1)) == []

    played(open_window, scene)
