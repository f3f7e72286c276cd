"""A clock that jumps grants nothing that was not due, and what was due is done once its sources agree again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.legal_time import TOLERANCE, LegalTime, followed
from domain.values import micros_at
from ledger.channels.legal_time import Anchor
from ledger.channels.reactions import ReactionPositions
from tests.reactions.conftest import InTown, Town, until
from tests.reactions.two_clocks import DAY, Sky, answered, is_granted, noon, silent_case, watched

SECOND = 1_000_000
AHEAD = "the machine's clock is 1 day, 0:00:00 ahead of the time that has elapsed since it was agreed on last"
OTHER_BOOT = UUID("00000000-0000-4000-8000-00000000000b")


async def granted(town: Town, case: UUID) -> None:
    """Return when silence has granted it."""
    await until(lambda: is_granted(town, case))


def test_a_clock_that_jumps_forward_by_a_day_grants_nothing_and_health_says_why(
    in_town: InTown[None], caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with watched(sky) as host:
            sky.jumps(DAY)
            assert (await host.looks()).stands_still == AHEAD
            await host.looks()
            assert not await is_granted(town, case)
            ready = (await answered(town, "/health/ready")).json()
            assert (ready["status"], ready["timeStandsStill"], ready["timeServerAway"]) == ("ready", AHEAD, None)
            metrics = (await answered(town, "/metrics")).text
            assert "pencere_time_stands_still 1.0" in metrics
            assert 'pencere_time_difference_seconds{source="elapsed"} 86400.0' in metrics

            sky.jumps(-DAY)
            assert (await host.looks()).stands_still is None
            assert (await answered(town, "/health/ready")).json()["timeStandsStill"] is None
            assert "pencere_time_stands_still 0.0" in (await answered(town, "/metrics")).text
            assert not await is_granted(town, case)
            sky.passes(DAY)
            await granted(town, case)

    in_town(scenario)
    told = [record.message for record in caplog.records if record.name == "consumers.legal_time"]
    assert told == [
        f"the reactions to time stand still: {AHEAD}; `pencere clock` says more",
        "the reactions to time go on: the sources of time agree again",
    ]


def test_a_clock_that_jumps_back_by_a_day_stops_what_time_leads_to_and_nothing_else(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with watched(sky) as host:
            sky.jumps(-DAY)
            sky.passes(DAY)
            assert "1 day, 0:00:00 behind the time that has elapsed" in str((await host.looks()).stands_still)
            assert not await is_granted(town, case)
            sky.jumps(DAY)
            await granted(town, case)

    in_town(scenario)


def test_a_clock_that_is_behind_the_ledger_stands_still_also_on_a_machine_that_has_just_started(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        sky = Sky(town)
        sky.jumps(-DAY)
        async with watched(sky) as host:
            assert "behind the ledger's last entry" in str((await host.looks()).stands_still)
            positions = ReactionPositions(town.where.projector)
            assert (await positions.time.kept(sky.boot)).anchor is None, "no anchor begins while the sources disagree"
            await positions.close()
            sky.jumps(DAY)
            assert (await host.looks()).stands_still is None

    in_town(scenario)


def test_legal_time_is_never_before_the_ledger(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        [newest] = await town.window.ledger.read_at([await town.window.ledger.head()])
        sky = Sky(town)
        sky.jumps(timedelta(minutes=-4))
        positions = ReactionPositions(town.where.projector)
        now = await LegalTime(positions.time, sky.sources).now()
        await positions.close()
        assert now is not None
        assert micros_at(now) >= newest.recorded_at

    in_town(scenario)


def test_a_jump_is_seen_also_when_the_host_was_not_there(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with watched(sky):
            pass
        sky.jumps(DAY)
        async with watched(sky) as host:
            assert (await host.looks()).stands_still == AHEAD
            assert not await is_granted(town, case)
        sky.jumps(-DAY)
        sky.passes(DAY)
        async with watched(sky):
            await granted(town, case)

    in_town(scenario)


def test_a_jump_in_the_middle_of_a_look_grants_nothing(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with watched(sky) as host:
            wait = town.views.positions.wait_for_views

            async def jumps_meanwhile(*asked: Any) -> bool:
                if town.clock.at == sky.really:
                    sky.jumps(DAY)  # after the look was begun, and before it finds what is due
                return await wait(*asked)

            town.views.positions.wait_for_views = jumps_meanwhile  # type: ignore[method-assign, assignment]
            assert (await host.looks()).stands_still == AHEAD
            assert not await is_granted(town, case)

    in_town(scenario)


def test_a_machine_that_starts_again_begins_a_new_anchor(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        sky = Sky(town)
        async with watched(sky):
            pass
        sky.jumps(DAY)
        sky.boot = OTHER_BOOT
        async with watched(sky) as host:
            assert (await host.looks()).stands_still is None
            sky.jumps(DAY)
            assert (await host.looks()).stands_still == AHEAD

    in_town(scenario)


def test_an_operator_accepts_a_clock_that_is_right(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with watched(sky) as host:
            sky.jumps(DAY)
            assert (await host.looks()).stands_still == AHEAD
            positions = ReactionPositions(town.where.projector)
            accepted = await LegalTime(positions.time, sky.sources).accept()
            await positions.close()
            assert accepted.why is None
            await granted(town, case)

    in_town(scenario)


def test_nobody_accepts_a_clock_that_is_behind_the_ledger(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        sky = Sky(town)
        positions = ReactionPositions(town.where.projector)
        legal = LegalTime(positions.time, sky.sources)
        await legal.now()
        before = await positions.time.kept(sky.boot)
        sky.jumps(-DAY)
        assert "behind the ledger's last entry" in str((await legal.accept()).why)
        assert (await positions.time.kept(sky.boot)).anchor == before.anchor
        await positions.close()

    in_town(scenario)


def test_a_clock_that_drifts_by_seconds_a_day_is_followed(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        sky = Sky(town)
        positions = ReactionPositions(town.where.projector)
        legal = LegalTime(positions.time, sky.sources)
        for day in range(150):
            sky.passes(DAY)
            sky.jumps(timedelta(seconds=3))
            assert await legal.now() is not None, f"day {day}"
        await positions.close()
        assert town.clock.at - sky.really > timedelta(microseconds=TOLERANCE)

    in_town(scenario)


def test_many_small_steps_are_a_jump_too(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        sky = Sky(town)
        positions = ReactionPositions(town.where.projector)
        legal = LegalTime(positions.time, sky.sources)
        is_legal = []
        for _ in range(9):
            is_legal.append(await legal.now() is not None)
            sky.passes(timedelta(minutes=1))
            sky.jumps(timedelta(minutes=1))
        await positions.close()
        assert is_legal == [True] * 6 + [False] * 3, "five minutes are tolerated"

    in_town(scenario)


def test_an_anchor_follows_no_faster_than_a_clock_drifts() -> None:
    kept = Anchor(wall=0, moved_at=0)
    hour = 3600 * SECOND

    assert followed(kept, hour + SECOND, hour, at_once=False) is None, "a second is not worth keeping"
    assert followed(kept, 24 * hour + 3 * SECOND, 24 * hour, at_once=False) == Anchor(3 * SECOND, 24 * hour)
    assert followed(kept, 24 * hour - 99 * SECOND, 24 * hour, at_once=False) == Anchor(-43_200_000, 24 * hour)
    assert followed(kept, hour + 99 * SECOND, hour, at_once=True) == Anchor(99 * SECOND, hour)
    assert followed(None, hour, 5, at_once=False) == Anchor(hour - 5, 5)


def test_only_the_projector_may_read_and_write_the_anchors(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        async with await psycopg.AsyncConnection.connect(town.where.projector, autocommit=True) as projector:
            await projector.execute("SELECT * FROM reactions.time_anchors")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await projector.execute("DELETE FROM reactions.time_anchors")
        for url in (town.where.reader, town.where.writer):
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as other:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    await other.execute("SELECT * FROM reactions.time_anchors")

    in_town(scenario)
