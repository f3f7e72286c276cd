"""A view that cannot be folded stops alone, right before what breaks it, and says why; the others go on."""

import asyncio
from random import Random

import pytest

from domain.topics import TOPICS
from ledger.store.entries import NewEvent
from projections.folds import ALL_VIEWS
from projections.positions import Standing
from projections.views import Views
from projections.worklist.fold import VIEW as WORKLIST
from tests.api.running import Where
from tests.projections.folding import fold, folding
from tests.projections.lives import FOREIGN, Country, append
from tests.projections.rows import differences, empty, rows_of
from tests.projections.strikes import broken, with_one

SECRET = "a name that no log may show"  # noqa: S105 - not a password
BROKEN = with_one(ALL_VIEWS, broken(WORKLIST, 60, ValueError(SECRET)))
OTHERS = [view for view in ALL_VIEWS if view.name != WORKLIST.name]


def events(count: int) -> list[NewEvent]:
    """Return events; the 60th is one of ours."""
    lived = Country(3).live(count)[:count]
    return lived if lived[59].topic not in FOREIGN else pytest.fail("choose another seed")


async def standings(where: Where) -> dict[str, Standing]:
    async with Views(where.reader) as views:
        return {one.view: one for one in await views.positions.standings()}


@pytest.mark.parametrize("batch", [1, 7, 59, 60, 1000])
def test_a_broken_view_stops_right_before_what_breaks_it_and_the_others_go_on(where: Where, batch: int) -> None:
    async def scenario() -> dict[str, Standing]:
        position = await append(where.writer, events(120))
        await fold(where.projector, position, BROKEN, batch=batch)
        return await standings(where)

    found = asyncio.run(scenario())

    stopped = found.pop("worklist")
    assert (stopped.position, stopped.stopped) == (59, "ValueError")
    assert {(one.position, one.stopped) for one in found.values()} == {(120, None)}


def test_what_came_before_and_the_other_views_are_as_if_nothing_had_broken(where: Where) -> None:
    async def scenario() -> None:
        written = events(120)
        await append(where.writer, written[:59])
        await fold(where.projector, 59, [WORKLIST])
        before = rows_of(where.reader, [WORKLIST])
        await append(where.writer, written[59:])
        await fold(where.projector, 120, OTHERS)
        others = rows_of(where.reader, OTHERS)
        empty(where.projector)

        await fold(where.projector, 120, BROKEN, batch=50)

        told = {"worklist.tracking"}
        kept = rows_of(where.reader, [WORKLIST])
        assert [one for one in differences(before, kept) if one.table not in told] == []
        assert differences(others, rows_of(where.reader, OTHERS)) == []

    asyncio.run(scenario())


def test_a_stopped_view_holds_nobody_up_and_is_named_for_the_operator(where: Where) -> None:
    async def scenario() -> None:
        position = await append(where.writer, events(120))
        async with Views(where.reader) as views, folding(where.projector, BROKEN):
            assert await views.positions.wait_for(position, timeout=20)
            assert await views.positions.stopped() == {"worklist": "ValueError"}
            assert await views.positions.lowest() == position
            assert (await views.positions.positions())["worklist"] == 59

    asyncio.run(scenario())


def test_why_a_view_has_stopped_is_told_without_what_was_in_the_event(
    where: Where, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        await fold(where.projector, await append(where.writer, events(120)), BROKEN)

    asyncio.run(scenario())

    assert [record.getMessage() for record in caplog.records if record.name == "projections.runner"] == [
        "the view worklist has stopped: ValueError"
    ]
    assert SECRET not in caplog.text
    assert SECRET not in repr(rows_of(where.reader))


def test_a_stopped_view_stays_so_as_long_as_its_cause_is_there(where: Where) -> None:
    async def scenario() -> None:
        position = await append(where.writer, events(120))
        for _ in range(2):
            await fold(where.projector, position, BROKEN)
            assert (await standings(where))["worklist"] == Standing("worklist", 59, "ValueError")

    asyncio.run(scenario())


def test_a_stopped_view_goes_on_from_there_when_its_cause_is_gone_and_the_program_is_started_again(
    where: Where, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        position = await append(where.writer, events(120))
        await fold(where.projector, position, BROKEN)

        async with folding(where.projector), Views(where.reader, poll=0.05) as views:
            async with asyncio.timeout(20):
                while (await views.positions.positions())["worklist"] < position:
                    await views.positions.wait_beyond(position, 0.05)
            assert await views.positions.stopped() == {}
        assert "the view worklist had stopped, and is tried again" in caplog.text
        mended_rows = rows_of(where.reader)
        empty(where.projector)
        await fold(where.projector, position)
        assert differences(mended_rows, rows_of(where.reader)) == []

    asyncio.run(scenario())


def test_a_view_that_is_far_behind_does_not_hold_up_the_others(where: Where) -> None:
    """For example after a long stop, when it first folds old events."""
    country = Country(5)

    async def scenario() -> None:
        await fold(where.projector, await append(where.writer, country.live(400)), OTHERS)
        second = await append(where.writer, country.live(5))
        reached: list[int] = []

        async with Views(where.reader, poll=0.02) as views:
            others = [view.name for view in OTHERS]

            async def follow() -> None:
                assert await views.positions.wait_for_views(others, second, timeout=20)
                reached.append((await views.positions.positions())["worklist"])

            following = asyncio.create_task(follow())
            async with folding(where.projector, batch=1):
                await following
        assert reached[0] < second

    asyncio.run(scenario())


def test_no_view_passes_over_an_event_of_a_schema_version_that_is_not_known_yet(where: Where) -> None:
    """A newer program wrote the event and will fold it. A feed needs only the agencies that it concerns."""
    written = events(80)
    newer = written[59]._replace(open=written[59].open.replace(b'"schema":1', b'"schema":2'))
    assert newer.open != written[59].open
    assert newer.topic in TOPICS

    async def scenario() -> dict[str, Standing]:
        position = await append(where.writer, [*written[:59], newer, *written[60:]])
        await fold(where.projector, position)
        return await standings(where)

    found = asyncio.run(scenario())

    feed = found.pop("agency_feed")
    assert (feed.position, feed.stopped) == (len(written), None)
    assert {(one.position, one.stopped) for one in found.values()} == {(59, "UnknownSchemaVersionError")}


def test_a_value_that_no_index_can_hold_stops_the_view_that_has_the_index_and_no_other(where: Where) -> None:
    """The domain refuses such values, but the ledger stores whatever it gets."""
    written = Country(8).live(80)
    number = max(number for number, event in enumerate(written) if event.topic == "case.assigned")
    before, name, after = written[number].open.partition(b'"official":"')
    long_name = Random(8).randbytes(10_000).hex().encode()
    poison = written[number]._replace(open=before + name + long_name + after)

    async def scenario() -> dict[str, Standing]:
        position = await append(where.writer, [*written[:number], poison])
        await fold(where.projector, position)
        return await standings(where)

    found = asyncio.run(scenario())

    stopped = found.pop("worklist")
    assert (stopped.position, stopped.stopped) == (number, "ProgramLimitExceeded")
    assert {one.position for one in found.values()} == {number + 1}


def test_when_all_views_have_stopped_nobody_waits_for_them_and_nobody_is_told_that_they_are_there(
    where: Where,
) -> None:
    everything = [broken(view, 60, ValueError(SECRET)) for view in ALL_VIEWS]

    async def scenario() -> None:
        position = await append(where.writer, events(120))
        async with Views(where.reader, poll=0.05) as views:
            async with asyncio.timeout(20):
                await fold(where.projector, position, everything)
            assert len(await views.positions.stopped()) == len(ALL_VIEWS)
            assert not await views.positions.wait_for(position, timeout=0.2)

    asyncio.run(scenario())
