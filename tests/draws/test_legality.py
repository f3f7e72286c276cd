"""Whoever can sign a history cannot sign another draw: an audit names what the desk's rules do not allow."""

import asyncio
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from application.cases.case_streams import load_case
from application.cases.recusal import recuse
from application.deciding import change
from application.draws.giving_back import give_back
from application.draws.holding import Held
from application.draws.rosters import (
    declare_absence,
    declare_conflict,
    end_absence,
    end_conflict,
    leave_seat,
)
from application.window import Window
from domain.case.assignment_commands import LeaveCaseWaiting
from domain.case.assignment_events import CaseLeftWaiting, CaseReleased
from domain.case.deadlines import local_date
from domain.envelope import DRAW
from domain.topics import TOPICS
from ledger.audit.findings import in_order
from ledger.store.entries import StoredEntry
from tests.application.conftest import OpenWindow
from tests.application.town import citizen, submitted
from tests.draws.town_hall import FRONT, OFFICIALS, case_of, drawn, open_hall
from tests.verifying.test_legality import Events, at_first, found_in, saying

OF_RECOVERIES = {"desk.draw_share_recovered", "desk.draw_chain_retired"}
"""Judged in test_recovery.py, where there are guardians."""


@pytest.fixture
def honest(open_window: OpenWindow) -> Events:
    """A week at a desk: everything that can happen there with one keeper."""

    async def lived() -> Events:
        async with open_window() as window:
            await _a_week(window)
            return await window.ledger.read(0, 10_000)

    return asyncio.run(lived())


async def _a_week(window: Window) -> None:
    seats = await open_hall(window)
    today = local_date(window.clock(), "UTC")
    number = await declare_conflict(window, OFFICIALS[0], "front", "person.number", "12abc")
    await end_conflict(window, OFFICIALS[0], "front", number)
    await declare_absence(window, OFFICIALS[1], "front", today, today + timedelta(days=2))
    await end_absence(window, OFFICIALS[1], "front")
    waiting = (await submitted(window, citizen("waiting"))).case_id
    await change(window, await load_case(window.ledger, waiting), LeaveCaseWaiting(window.clock(), DRAW, "too_few"))
    await drawn(window, waiting)
    for left in (leave_seat, None):
        case = (await submitted(window, citizen(f"ana-{left is None}"))).case_id
        await drawn(window, case)
        held = UUID(str((await case_of(window, case)).official))
        rows = await window.vault.seats.held_at(FRONT, [held])
        its_seat = next(row.seat for row in rows if row.official)
        holder = next(who for who, seat in seats.items() if seat == its_seat)
        if left is None:
            await recuse(window, holder, case)
        else:
            await left(window, holder, "front")

            async def held_at(_agency: str, _desk: str, held: UUID = held) -> Held:
                return Held([held], await window.ledger.head())

            await give_back(window, "town", "front", held_at)
        await drawn(window, case)


def test_everything_that_happens_at_a_desk_could_have_happened(honest: Events) -> None:
    assert found_in(honest) == []
    expected = {topic for topic in TOPICS if topic.startswith("desk.")} - OF_RECOVERIES
    assert {each.topic for each in honest} >= expected | {CaseReleased.topic, CaseLeftWaiting.topic}


FALSE: dict[str, tuple[str, dict[str, object], str]] = {
    "another draw": ("case.assigned", {"draw": 2}, "draw 2 of the desk was not for this case"),
    "no draw": ("case.assigned", {"draw": None, "rule": "order"}, "this one was given without a draw"),
    "another place": ("desk.official_drawn", {"index": 77}, "index is not what the rules give"),
    "another seed": ("desk.official_drawn", {"seed": "00" * 32}, "seed is not what the rules give"),
    "another link": ("desk.draw_share_revealed", {"link": "00" * 32}, "forbids it"),
    "another nonce": ("desk.draw_requested", {"nonce": "ab" * 32}, "its nonce is not that of the submission"),
    "another case": ("desk.draw_requested", {"case_entry": "ab" * 32}, "its case_entry is not that of the submission"),
    "the draw of a case that was not there": (
        "desk.draw_requested",
        {"case_id": str(UUID(int=7))},
        "not been submitted",
    ),
    "another reason": ("desk.draw_requested", {"why": "recusal"}, "redraw 0 of the case, because of first"),
    "another count": ("desk.draw_requested", {"redraw": 1}, "redraw 0 of the case, because of first"),
    "a keeper that was not named": ("desk.draw_chain_anchored", {"keeper": str(UUID(int=9))}, "forbids it"),
    "an official who was not there": ("desk.absence_declared", {"seat": str(UUID(int=9))}, "forbids it"),
    "a conflict of nobody": ("desk.conflict_ended", {"number": 9}, "forbids it"),
    "taken from who did not have it": ("case.released", {"official": str(UUID(int=7))}, "forbids it"),
}


@pytest.mark.parametrize("changed", FALSE)
def test_what_no_draw_led_to_is_named(honest: Events, changed: str) -> None:
    topic, data, says = FALSE[changed]
    at = at_first(honest, topic)
    first, *_ = in_order(found_in([*honest[:at], saying(honest[at], **data), *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)
    assert says in first.says


def test_what_the_window_does_at_a_desk_is_done_by_nobody_else(honest: Events) -> None:
    at = at_first(honest, "desk.draw_requested")
    document = orjson.loads(honest[at].open) | {"actor": {"role": "clock", "pseudonym": "clock"}}
    by_the_clock: StoredEntry = honest[at]._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    first, *_ = in_order(found_in([*honest[:at], by_the_clock, *honest[at + 1 :]]))

    assert first.position == at + 1
