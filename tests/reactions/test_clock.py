"""The clock marks an open case overdue once its last local day has passed; everybody is shown it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from domain.calendar.state import MONDAY_TO_FRIDAY
from domain.case.events import CaseBecameOverdue
from domain.envelope import CLOCK
from domain.event import Event
from reactions.clock import ByTheClock, due
from reactions.reaction import Wanted
from tests.application.town import citizen, closes, decides, is_given, official, submitted
from tests.domain.given_when_then import fold
from tests.domain.town import ASSIGNED, CASE_ID, CLOSED, DECIDED, LAST_DAY, OVERDUE, REOPENED, SERVICE, SUBMITTED
from tests.reactions.conftest import TERM, InTown, Town, until

BAKU = ZoneInfo("Asia/Baku")


def wanted(day: date, *past: Event, at: time = time(0, 0, 1)) -> Sequence[Wanted]:
    """Return what is due for a case at an instant of a day in Baku."""
    case = fold([SUBMITTED, *past])
    assert case is not None
    by = ByTheClock(SERVICE, MONDAY_TO_FRIDAY, looked_up_to=9)
    return due(CASE_ID, case, by, datetime.combine(day, at, BAKU).astimezone(UTC))


def test_nothing_is_due_until_the_last_local_day_is_over() -> None:
    assert not wanted(LAST_DAY, at=time(23, 59, 59))
    (one,) = wanted(LAST_DAY + timedelta(days=1))
    assert (one.stream, one.cause, one.command.actor) == (CASE_ID, f"{CASE_ID}:1", CLOCK)
    assert one.command.local_date == LAST_DAY + timedelta(days=1)


@pytest.mark.parametrize("past", [(ASSIGNED, DECIDED, CLOSED), (OVERDUE,)])
def test_nothing_is_due_for_what_has_ended_or_was_marked(past: tuple[Event, ...]) -> None:
    assert not wanted(LAST_DAY + timedelta(days=100), *past)


def test_whoever_has_decided_is_not_late_even_if_the_case_is_not_closed_yet() -> None:
    assert wanted(LAST_DAY + timedelta(days=1), ASSIGNED)
    assert not wanted(LAST_DAY + timedelta(days=1), ASSIGNED, DECIDED)


def test_a_term_that_has_begun_anew_is_overdue_anew() -> None:
    opened_again = REOPENED.model_copy(update={"local_date": LAST_DAY + timedelta(days=9), "clock": "begins_anew"})
    (first,) = wanted(LAST_DAY + timedelta(days=1), ASSIGNED)
    (again,) = wanted(LAST_DAY + timedelta(days=60), ASSIGNED, OVERDUE, DECIDED, CLOSED, opened_again)

    assert type(first.command) is type(again.command)
    assert first.about != again.about


def host_of(town: Town) -> ReactionHost:
    reactions = all_reactions(town.window, town.views)
    return ReactionHost(town.where.projector, town.window, reactions, every=0.05, sources=town.sources)


def test_an_open_case_is_marked_once_and_everybody_is_shown_the_day_and_why(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        began = town.clock.at.astimezone(BAKU).date()
        late = (await submitted(town.window, citizen("leyla"))).case_id
        ended = (await submitted(town.window, citizen("murad"))).case_id
        await town.catches_up()
        worker = official("samira")
        await is_given(town.window, worker, ended)
        await decides(town.window, worker, ended)
        await closes(town.window, worker, ended)
        town.clock.at += timedelta(days=TERM.days + 3)
        noticed = town.clock.at.astimezone(BAKU).date()
        async with host_of(town).running():
            await until(lambda: marked(town, late))
            await town.catches_up()
            await looked_again(town)
        assert await town.topics(late) == ["case.submitted", "case.became_overdue"]
        assert "case.became_overdue" not in await town.topics(ended)
        (_, told) = await town.told(late)
        assert told.event == CaseBecameOverdue(
            local_date=noticed, term_began=began, term=TERM, last_day=began + timedelta(days=TERM.days)
        )
        assert (told.envelope.actor, told.envelope.origin, told.envelope.causation) == (CLOCK, "clock", f"{late}:1")
        await is_shown(town, late, noticed)

    in_town(scenario)


async def is_shown(town: Town, case_id: UUID, noticed: date) -> None:
    """Check status, worklist, deadlines and evaluation."""
    (status,) = await town.views.case_status.statuses([case_id])
    assert status is not None
    assert status.marked_overdue_on == noticed
    (waiting,) = await town.views.worklist.page("town", ["front"])
    assert waiting.marked_overdue_on == noticed
    (deadline,) = await town.views.deadlines.page()
    assert deadline.marked_overdue_on == noticed
    counts = await town.views.service_performance.performance("permit", town.clock.at)
    assert (counts.overdue, counts.marked_overdue) == (1, 1)


async def marked(town: Town, case_id: UUID) -> bool:
    return "case.became_overdue" in await town.topics(case_id)


async def looked_again(town: Town) -> None:
    """Return when the host has looked at the clock some more times."""
    head = await town.window.ledger.head()
    for _ in range(3):
        await asyncio.sleep(0.06)  # the host's own interval, nothing else tells that it has looked
    assert await town.window.ledger.head() == head


def test_more_cases_than_fit_on_a_page_are_all_marked_in_one_look(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.cases_due._AT_ONCE", 4)

    async def scenario(town: Town) -> None:
        cases = await asyncio.gather(*(submitted(town.window, citizen(f"citizen-{n}")) for n in range(11)))
        await town.catches_up()
        town.clock.at += timedelta(days=TERM.days + 2)
        host = host_of(town)
        host._every = 3600.0  # one look, and no other
        async with host.running():

            async def all_marked() -> bool:
                return all([await marked(town, case.case_id) for case in cases])

            await until(all_marked)

    in_town(scenario)


def test_a_case_that_is_decided_in_the_moment_in_which_it_is_marked_is_marked_on_top_of_that(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await town.catches_up()
        worker = official("samira")
        town.clock.at += timedelta(days=TERM.days + 2)
        async with host_of(town).running():
            await is_given(town.window, worker, case)
            await until(lambda: marked(town, case))
        assert sorted(await town.topics(case)) == ["case.assigned", "case.became_overdue", "case.submitted"]

    in_town(scenario)
