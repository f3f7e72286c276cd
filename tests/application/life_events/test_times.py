"""The times of a life event's cases: no two are equal, in whatever the ledger has or an id tells."""

from uuid import UUID

from application.window import Window
from domain.values import micros_at
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from tests.application.life_events.nursery import born
from tests.application.life_events.scenarios import LEYLA, Run, submitted_cases


def of_id(case_id: UUID) -> int:
    """Return the time in an id, in milliseconds."""
    return case_id.int >> 80


async def first_of(window: Window, case_id: UUID) -> StoredEntry:
    first, *_ = await window.ledger.read_stream(case_id)
    return first


def test_no_two_cases_of_a_life_event_have_the_same_time_or_ids_of_the_same_time(run: Run) -> None:
    async def scenario(window: Window) -> None:
        stands_still = window.clock()
        for clock in (window.clock, lambda: stands_still):
            before = await submitted_cases(window)
            await born(window._replace(clock=clock), LEYLA, key=f"after {len(before)}")
            cases = (await submitted_cases(window))[len(before) :]
            first = [await first_of(window, case_id) for case_id in cases]

            assert len(cases) == 2
            assert len({of_id(case_id) for case_id in cases}) == 2
            assert len({entry.recorded_at for entry in first}) == 2
            assert len({decode(entry).envelope.occurred_at for entry in first}) == 2

    run(scenario)


def test_the_time_in_an_id_says_nothing_that_the_first_event_does_not_say(run: Run) -> None:
    async def scenario(window: Window) -> None:
        await born(window, LEYLA)
        for case_id in await submitted_cases(window):
            said = decode(await first_of(window, case_id)).envelope.occurred_at
            assert of_id(case_id) == micros_at(said) // 1000

    run(scenario)
