"""Where fewer than three can take a case, the desk of another agency takes it over, if the catalogue names one."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError
from application.catalogue.stand_ins import name_stand_in
from application.deciding import change
from application.draws.auditing import examine
from application.draws.requesting import request_draw
from application.draws.revealing import take_share
from application.draws.rosters import declare_absence, take_seat
from application.draws.standing_in import open_both
from application.identity import desk_stream
from application.window import Window
from domain.agency.events import DeskOfAgency
from domain.case.assignment_commands import MoveCase
from domain.case.assignment_events import CaseMoved
from domain.case.deadlines import local_date
from domain.case.refusals import CaseAlreadyMoved, EnoughCanTakeTheCase
from domain.desk.events import DrawRequested
from domain.desk.refusals import TooFewToDrawAmong
from domain.desk.state import DeskState
from domain.envelope import DRAW
from ledger.published.codec import decode
from ledger.refusals import VersionConflictError
from tests.application.conftest import OpenWindow
from tests.application.town import COORDINATOR, citizen, decides, is_given, official, submitted
from tests.draws.steered import LOG, desk_of, drawn
from tests.draws.town_hall import anchor, anchored, case_of, requested, share
from tests.draws.two_agencies import (
    HELP,
    OF_COUNTY,
    OF_TOWN,
    OMAR,
    drawn_at_front,
    given_back,
    holding,
    moved,
    open_two,
    stands_in,
)

ANA = citizen("ana")
Scene = Callable[[Window], Awaitable[None]]


def played(open_window: OpenWindow, scene: Scene) -> None:
    async def main() -> None:
        async with open_window() as window:
            await scene(window)

    asyncio.run(main())


def test_an_official_of_the_other_agency_decides_what_two_could_have_guessed(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        assert await moved(window, case_id)
        await is_given(window, OF_COUNTY[0], case_id)

        for other in (*OF_TOWN, OF_COUNTY[1]):
            with pytest.raises(CaseNotFoundError):
                await decides(window, other, case_id)
        assert (await decides(window, OF_COUNTY[0], case_id)).state.outcome == "granted"

    played(open_window, scene)


def test_a_moved_case_says_where_it_went_and_how_many_could_not_take_it(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, official("ana")))
        await declare_absence(window, OF_TOWN[0], "front", local_date(window.clock(), "UTC"), None)
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        await moved(window, case_id)

        entry = (await window.ledger.read_stream(case_id))[-1]
        version = (await window.catalogue.desk("town", "front")).version
        counted = {"able": 1, "at_limit": 0, "unable": 2, "desk_version": version}
        event = CaseMoved(agency="county", desk="help", why="too_few", **counted)
        assert decode(entry).event == event
        assert decode(entry).envelope.agencies == ("county", "town")

    played(open_window, scene)


def test_both_agencies_are_told_who_has_a_moved_case(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        await moved(window, case_id)
        await drawn(window, case_id)

        assigned = (await window.ledger.read_stream(case_id))[-1]
        assert assigned.topic == "case.assigned"
        assert decode(assigned).envelope.agencies == ("county", "town")

    played(open_window, scene)


def test_a_case_waits_as_long_as_no_desk_stands_in(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        case_id = (await submitted(window, ANA)).case_id
        assert not await moved(window, case_id)
        await stands_in(window)
        await stands_in(window, None)
        assert not await moved(window, case_id)

        await stands_in(window)
        assert await moved(window, case_id)
        assert (await case_of(window, case_id)).agency == "county"

    played(open_window, scene)


def test_a_busy_desk_keeps_its_cases(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR), limit=1)
        await anchor(window, anchored())
        await stands_in(window)
        first = (await submitted(window, citizen("first"))).case_id
        await drawn_at_front(window, first)
        held = [UUID(str((await case_of(window, first)).official))]
        case_id = (await submitted(window, ANA)).case_id
        with pytest.raises(TooFewToDrawAmong):
            await requested(window, case_id, held)

        with pytest.raises(EnoughCanTakeTheCase):
            await moved(window, case_id, held)
        assert (await case_of(window, case_id)).agency == "town"

    played(open_window, scene)


def test_a_case_is_moved_once_and_waits_where_it_is_then(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        nobody_sits_there = DeskOfAgency(agency="county", desk="other")
        await stands_in(window, nobody_sits_there)
        await open_both(window, "town", "front")
        case_id = (await submitted(window, ANA)).case_id
        assert await moved(window, case_id)

        with pytest.raises(TooFewToDrawAmong):
            await request_draw(window, case_id, holding(window), LOG)
        assert not await moved(window, case_id), "nobody stands in for the desk that stands in"
        await name_for_other(window)
        with pytest.raises(CaseAlreadyMoved):
            await moved(window, case_id)

    played(open_window, scene)


async def name_for_other(window: Window) -> None:
    """Have the town's other desk stand in for the county's."""
    await name_stand_in(window, COORDINATOR, "county", "other", DeskOfAgency(agency="town", desk="back"))


def test_two_processes_move_a_case_once(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        async with open_window() as other:
            did = await asyncio.gather(
                *(moved(each, case_id) for each in (window, other) for _ in range(3)), return_exceptions=True
            )

        topics = [entry.topic for entry in await window.ledger.read_stream(case_id)]
        assert topics == ["case.submitted", "case.moved"]
        assert did.count(True) == 1
        assert all(isinstance(each, bool | VersionConflictError | CaseAlreadyMoved) for each in did)

    played(open_window, scene)


def test_whoever_takes_over_after_a_crash_draws_at_the_other_desk(open_window: OpenWindow) -> None:
    async def moves(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        cases.append((await submitted(window, ANA)).case_id)
        await moved(window, cases[0])

    async def draws(window: Window) -> None:
        await drawn(window, cases[0])
        case = await case_of(window, cases[0])
        assert (case.agency, case.desk, case.official is None) == ("county", "help", False)

    cases: list[UUID] = []
    played(open_window, moves)
    played(open_window, draws)


def test_a_case_for_which_a_draw_is_under_way_stays(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await anchor(window, anchored())
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        await requested(window, case_id)
        await declare_absence(window, OF_TOWN[0], "front", local_date(window.clock(), "UTC"), None)

        assert not await moved(window, case_id)

    played(open_window, scene)


def test_a_draw_that_ends_after_the_case_was_moved_gives_it_to_nobody(open_window: OpenWindow) -> None:
    """Two processes may both believe to be the elected one for a moment: one requests a draw, the other moves."""

    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await anchor(window, anchored())
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        before = (await window.catalogue.desk("town", "front")).version
        draw = await requested(window, case_id)
        move = MoveCase(window.clock(), DRAW, HELP, "too_few", 2, 0, 1, before)
        await change(window, await load_case(window.ledger, case_id), move)

        assert await take_share(window, "town", "front", share(window, draw)) is not None
        case = await case_of(window, case_id)
        assert (case.official, case.agency) == (None, "county")
        await drawn(window, case_id)
        assert (await case_of(window, case_id)).official is not None

    played(open_window, scene)


def test_enough_who_have_sat_down_since_keep_the_case(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        await take_seat(window, OMAR, "front")

        assert not await moved(window, case_id)
        assert (await case_of(window, case_id)).moved_from is None

    played(open_window, scene)


def test_desks_where_nobody_ever_sat_are_opened_so_that_their_cases_are_seen(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, ())
        await stands_in(window, DeskOfAgency(agency="county", desk="other"))
        await open_both(window, "town", "front")

        opened: list[DeskState] = [await desk_of(window, "town", "front"), await desk_of(window, "county", "other")]
        assert [desk.roster.seats for desk in opened] == [{}, {}]
        case_id = (await submitted(window, ANA)).case_id
        assert await moved(window, case_id)

    played(open_window, scene)


def test_a_case_that_nobody_there_may_take_again_is_drawn_for_with_its_reason(open_window: OpenWindow) -> None:
    """An official had it and is away; of the three two are left."""

    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await anchor(window, anchored())
        await stands_in(window)
        case_id = (await submitted(window, ANA)).case_id
        await drawn_at_front(window, case_id)
        await given_back(window, case_id)
        assert await moved(window, case_id)
        await drawn(window, case_id)

        draws = [each async for each in examine(window, case_id)]
        found = [(each.at.agency, each.number, list(each.faults)) for each in draws]
        assert found == [("town", 1, []), ("county", 1, [])]
        request = [decode(entry).event for entry in await window.ledger.read_stream(desk_id)]
        assert [each.redraw for each in request if isinstance(each, DrawRequested)] == [1]

    desk_id = desk_stream(HELP.agency, HELP.desk)
    played(open_window, scene)
