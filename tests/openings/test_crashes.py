"""A process dies before any question to the vault or the ledger: nothing is half opened, and a repeat completes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias
from uuid import UUID

import pytest

from application.openings.opening import take_opening_back
from application.window import Window
from domain.opening.refusals import IdentitiesNotOpened
from tests.application.conftest import OpenWindow
from tests.application.stepping import Stepped
from tests.application.town import open_town, submitted
from tests.mandates.family import LEYLA
from tests.openings.auditors import RENA, TURAL, agrees, asks, opened_case, reads, topics_in

_MOST_STEPS = 40
Prepare: TypeAlias = Callable[[Window], Awaitable[UUID]]
Use: TypeAlias = Callable[[Window, UUID], Awaitable[object]]
Check: TypeAlias = Callable[[Window, UUID], Awaitable[None]]


async def dies_everywhere(open_window: OpenWindow, prepare: Prepare, use: Use, meanwhile: Check, after: Check) -> None:
    """Let the use case die before each of its questions in turn, each time at another case; check, repeat, check."""
    async with open_window() as window:
        await open_town(window)
        for steps in range(_MOST_STEPS):
            case_id = await prepare(window)
            process = Stepped("a process", window, lambda own, case_id=case_id: use(own, case_id))  # type: ignore[misc]
            await process.arrived()
            await process.go(steps)
            has_ended = process.has_ended
            await process.die()
            if not has_ended:
                await meanwhile(window, case_id)
            await use(window, case_id)
            await after(window, case_id)
            if has_ended:
                assert steps > 2, "it asks several questions"
                return
    raise AssertionError("it never ended")


async def a_case(window: Window) -> UUID:
    return (await submitted(window, LEYLA)).case_id


async def an_asked_case(window: Window) -> UUID:
    case_id = await a_case(window)
    await asks(window, case_id)
    return case_id


async def may_read(window: Window, case_id: UUID) -> bool:
    for who in (RENA, TURAL):
        with suppress(IdentitiesNotOpened):
            await reads(window, case_id, who)
            return True
    return False


async def nobody_reads(window: Window, case_id: UUID) -> None:
    assert not await may_read(window, case_id)


def test_an_asking_that_dies_opens_nothing_and_is_repeated_as_one(open_window: OpenWindow) -> None:
    async def asks_once(window: Window, case_id: UUID) -> object:
        return await asks(window, case_id, key=str(case_id))

    async def is_asked_once(window: Window, case_id: UUID) -> None:
        await nobody_reads(window, case_id)
        assert await topics_in(window, case_id) == ["opening_asked"]
        assert await topics_in(window, case_id, 2) == []
        await agrees(window, case_id)
        assert await may_read(window, case_id)

    asyncio.run(dies_everywhere(open_window, a_case, asks_once, nobody_reads, is_asked_once))


def test_an_agreement_that_dies_opens_nothing_without_its_event(open_window: OpenWindow) -> None:
    async def agrees_once(window: Window, case_id: UUID) -> object:
        return await agrees(window, case_id, key=str(case_id))

    async def only_with_the_event(window: Window, case_id: UUID) -> None:
        has_event = "opened" in await topics_in(window, case_id)
        assert await may_read(window, case_id) == has_event

    async def is_opened_once(window: Window, case_id: UUID) -> None:
        assert (await topics_in(window, case_id))[:2] == ["opening_asked", "opened"]
        for who in (RENA, TURAL):
            await reads(window, case_id, who)

    asyncio.run(dies_everywhere(open_window, an_asked_case, agrees_once, only_with_the_event, is_opened_once))


def test_a_taking_back_that_dies_is_completed(open_window: OpenWindow) -> None:
    async def takes_back(window: Window, case_id: UUID) -> object:
        return await take_opening_back(window, RENA, case_id, 1)

    async def only_without_the_event(window: Window, case_id: UUID) -> None:
        has_event = "opening_dropped" in await topics_in(window, case_id)
        assert await may_read(window, case_id) != has_event

    asyncio.run(dies_everywhere(open_window, opened_case, takes_back, only_without_the_event, nobody_reads))


def test_whoever_reads_identities_has_left_a_look_before_anything_is_opened(open_window: OpenWindow) -> None:
    """Whatever the process asks after the look was recorded, it asks in vain if it dies: it has answered nothing."""
    left = list[int]()

    async def a_look_comes_first(window: Window, case_id: UUID) -> None:
        left.append((await topics_in(window, case_id)).count("look_recorded"))

    async def one_look(window: Window, case_id: UUID) -> None:
        assert (await topics_in(window, case_id)).count("look_recorded") in {1, 2}  # two if a new hour began

    asyncio.run(dies_everywhere(open_window, opened_case, reads, a_look_comes_first, one_look))

    assert left == sorted(left), "once it is there it stays"
    assert left.count(1) >= 2, "what is sealed is read and opened after it"
    assert left[0] == 0


@pytest.mark.parametrize("steps", range(14))
def test_nobody_reads_by_an_opening_that_was_taken_back_meanwhile(open_window: OpenWindow, steps: int) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case_id = await opened_case(window)
            reading = Stepped("tural", window, lambda own: reads(own, case_id, TURAL))
            await reading.arrived()
            await reading.go(steps)
            await take_opening_back(window, RENA, case_id, 1)
            was_recorded = "look_recorded" in await topics_in(window, case_id)
            await reading.finish()

            assert isinstance(reading.answer, IdentitiesNotOpened) != was_recorded

    asyncio.run(main())
