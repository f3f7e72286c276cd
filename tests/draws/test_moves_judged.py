"""Whoever can sign a history cannot move a case where the catalogue and the roster do not allow it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from application.cases.case_streams import load_case
from application.deciding import folded
from application.draws.rosters import leave_seat
from application.storing import envelope_of, new_events
from application.window import Window
from domain.case.assignment_events import CaseMoved
from domain.case.events import CaseAssigned
from domain.envelope import DRAW, Actor
from domain.event import Event
from domain.stream_kinds import CASE
from ledger.audit.findings import Finding, in_order
from tests.application.conftest import OpenWindow
from tests.application.town import citizen, decides, is_given, submitted
from tests.draws.steered import drawn
from tests.draws.town_hall import anchor, anchored, case_of
from tests.draws.two_agencies import OF_COUNTY, OF_TOWN, OMAR, drawn_at_front, given_back, moved, open_two, stands_in
from tests.verifying.test_legality import Events, at_first, found_in, saying

LONG_AGO = timedelta(minutes=10) // timedelta(microseconds=1)
MOVED = CaseMoved(agency="county", desk="help", why="too_few", able=2, at_limit=0, unable=0, desk_version=5)


def lived(open_window: OpenWindow, scene: Callable[[Window], Awaitable[None]]) -> Events:
    """Return all events after a scene."""

    async def main() -> Events:
        async with open_window() as window:
            await scene(window)
            return await window.ledger.read(0, 10_000)

    return asyncio.run(main())


async def a_week(window: Window) -> None:
    """A third has left the town's desk; the case of two is moved, drawn for and decided in the county."""
    await open_two(window, (*OF_TOWN, OMAR))
    await leave_seat(window, OMAR, "front")
    await stands_in(window)
    case_id = (await submitted(window, citizen("ana"))).case_id
    assert await moved(window, case_id)
    await is_given(window, OF_COUNTY[0], case_id)
    window.looks.take_in(OF_COUNTY[0], case_id, "county")
    await window.looks.recorded()
    await decides(window, OF_COUNTY[0], case_id)


async def forged(window: Window, case_id: UUID, event: Event, by: Actor = DRAW) -> None:
    """Append an event to a case that nobody has decided on."""
    case = await load_case(window.ledger, case_id)
    envelope = envelope_of(by, folded(CASE, case.state, [event]).concerned, window.clock(), case_id)
    await window.ledger.append(new_events(case_id, case.version, [event], envelope, None))


def older(events: Events, before: int) -> Events:
    """Return the events as if what had happened to agencies and desks before a place was recorded minutes earlier."""
    return [
        each._replace(recorded_at=each.recorded_at - LONG_AGO)
        if place < before and not each.topic.startswith("case.")
        else each
        for place, each in enumerate(events)
    ]


def first_finding(events: Events) -> Finding:
    """Return the first thing that is wrong."""
    return in_order(found_in(events))[0]


def test_a_case_that_another_agencys_desk_has_decided_could_have_happened(open_window: OpenWindow) -> None:
    events = lived(open_window, a_week)

    assert found_in(events) == []
    assert found_in(older(events, at_first(events, "case.moved"))) == []
    assert {"agency.stand_in_named", "case.moved", "look.recorded", "case.decided"} <= {each.topic for each in events}


FALSE: dict[str, tuple[str, dict[str, Any], str]] = {
    "to a desk that was not named": ("case.moved", {"desk": "other"}, "did not stand in"),
    "to an agency that was not named": ("case.moved", {"agency": "hill"}, "did not stand in"),
    "counting one too many": ("case.moved", {"unable": 1}, "other seats than the 2"),
    "counting one too few": ("case.moved", {"able": 1}, "other seats than the 2"),
    "counting a roster of tomorrow": ("case.moved", {"desk_version": 99}, "a roster that was not there yet"),
    "by a desk that nobody has": (
        "agency.stand_in_named",
        {"stand_in": {"agency": "county", "desk": "side"}},
        "forbids",
    ),
    "by an agency that nobody knows": (
        "agency.stand_in_named",
        {"stand_in": {"agency": "hill", "desk": "help"}},
        "forbids",
    ),
    "for another agency": ("agency.stand_in_named", {"slug": "county"}, "stream of its name"),
}


@pytest.mark.parametrize("changed", FALSE)
def test_a_move_that_was_not_allowed_is_named(open_window: OpenWindow, changed: str) -> None:
    topic, data, says = FALSE[changed]
    events = lived(open_window, a_week)
    at = at_first(events, topic)
    first = first_finding([*events[:at], saying(events[at], **data), *events[at + 1 :]])

    assert (first.check, first.position) == ("legality", at + 1)
    assert says in first.says


def test_an_official_who_moves_a_case_is_named(open_window: OpenWindow) -> None:
    events = lived(open_window, a_week)
    at = at_first(events, "case.moved")
    actor = {"actor": {"role": "official", "pseudonym": str(UUID(int=5))}}
    document = orjson.loads(events[at].open) | actor
    planted = events[at]._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))

    assert "not-the-draw" in first_finding([*events[:at], planted, *events[at + 1 :]]).says


def test_a_case_that_is_moved_again_is_named(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        await moved(window, case_id)
        await forged(window, case_id, MOVED.model_copy(update={"agency": "town", "desk": "front"}))

    events = lived(open_window, scene)
    first = first_finding(events)
    assert (first.check, first.position) == ("legality", len(events))


def test_a_case_that_enough_can_take_and_is_moved_is_named(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        version = (await window.catalogue.desk("town", "front")).version
        busy = {"able": 1, "at_limit": 2, "desk_version": version}
        await forged(window, case_id, MOVED.model_copy(update=busy))

    events = lived(open_window, scene)
    first = first_finding(events)
    assert (first.check, first.position) == ("legality", len(events))
    assert "enough-can-take-the-case" in first.says


def test_a_roster_of_before_counts_only_for_as_long_as_nobody_may_know_a_later_one(open_window: OpenWindow) -> None:
    events = lived(open_window, a_week)
    at = at_first(events, "case.moved")
    when_two_sat = [*events[:at], saying(events[at], desk_version=3), *events[at + 1 :]]

    assert found_in(when_two_sat) == []
    first = first_finding(older(when_two_sat, at))
    assert (first.check, first.position) == ("legality", at + 1)
    assert "a roster that had changed since" in first.says


def test_a_stand_in_counts_only_for_as_long_as_nobody_may_know_that_it_ended(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await leave_seat(window, OMAR, "front")
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        await stands_in(window, None)
        await forged(window, case_id, MOVED)

    events = lived(open_window, scene)
    assert found_in(events) == []
    first = first_finding(older(events, len(events) - 1))
    assert (first.check, first.position) == ("legality", len(events))
    assert "did not stand in" in first.says


def test_a_stand_in_that_is_named_afterwards_allows_no_move(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await leave_seat(window, OMAR, "front")
        case_id = (await submitted(window, citizen("ana"))).case_id
        await forged(window, case_id, MOVED)
        await stands_in(window)

    assert "did not stand in" in first_finding(lived(open_window, scene)).says


def test_a_draw_or_a_look_of_another_agency_is_named_unless_the_case_is_there(open_window: OpenWindow) -> None:
    events = lived(open_window, a_week)
    at = at_first(events, "case.moved")
    without = [each for place, each in enumerate(events) if place < at or each.stream != events[at].stream]
    says = {finding.says for finding in found_in(without)}

    assert says == {"it is told to another agency than the case's"}


def test_a_moved_case_that_a_draw_of_its_old_desk_gives_away_is_named(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        await moved(window, case_id)
        assigned = CaseAssigned(desk="front", official=str(UUID(int=7)), rule="draw", draw=1)
        await forged(window, case_id, assigned)

    events = lived(open_window, scene)
    first = first_finding(events)
    assert (first.check, first.position) == ("legality", len(events))


def test_the_official_of_a_moved_case_has_it_by_a_draw_of_the_other_desk(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window)
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        await moved(window, case_id)
        await drawn(window, case_id)
        assert (await case_of(window, case_id)).official is not None

    events = lived(open_window, scene)
    at = at_first(events, "case.assigned")
    first = first_finding([*events[:at], saying(events[at], draw=2), *events[at + 1 :]])
    assert "draw 2 of the desk was not for this case" in first.says


def test_a_draw_that_forgets_those_of_the_other_desk_is_named(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_two(window, (*OF_TOWN, OMAR))
        await anchor(window, anchored())
        await stands_in(window)
        case_id = (await submitted(window, citizen("ana"))).case_id
        await drawn_at_front(window, case_id)
        await given_back(window, case_id)
        assert await moved(window, case_id)
        await drawn(window, case_id)

    events = lived(open_window, scene)
    assert found_in(events) == []
    at = max(place for place, each in enumerate(events) if each.topic == "desk.draw_requested")
    forgetful = saying(events[at], redraw=0, why="first")
    first = first_finding([*events[:at], forgetful, *events[at + 1 :]])
    assert (first.position, first.says) == (at + 1, "it counts other draws than the case has had before")
