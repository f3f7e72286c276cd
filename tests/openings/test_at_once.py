"""Whatever two auditors do at once or repeat, identities are opened once, by two; what is not there is not opened."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from application.cases.casework import CaseNotFoundError
from application.cases.prevention import sweep_orphans
from application.identity import looks_stream, new_id, opening_stream
from application.openings.listing import seen_openings
from application.openings.opening import take_opening_back
from application.openings.streams import OpeningNotFoundError
from application.window import Window
from domain.opening.refusals import (
    IdentitiesNotOpened,
    OpeningAgreedAlready,
    OpeningOver,
)
from tests.application.town import ISSUER, submitted
from tests.mandates.family import LEYLA
from tests.openings.auditors import (
    RENA,
    THIRD,
    TURAL,
    Days,
    Run,
    agrees,
    asks,
    opened_case,
    reads,
    topics_in,
)


def test_of_two_who_agree_at_once_one_is_the_second(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        for _round in range(5):
            case_id = (await submitted(window, LEYLA)).case_id
            await asks(window, case_id)
            answers = await asyncio.gather(
                agrees(window, case_id), agrees(window, case_id, THIRD), return_exceptions=True
            )
            [refused] = [one for one in answers if isinstance(one, BaseException)]
            assert isinstance(refused, OpeningAgreedAlready)
            assert await topics_in(window, case_id) == ["opening_asked", "opened"]
            may = 0
            for who in (TURAL, THIRD):
                with suppress(IdentitiesNotOpened):
                    await reads(window, case_id, who)
                    may += 1
            assert may == 1

    run(scenario)


def test_those_who_ask_at_once_have_an_opening_each(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        for _round in range(5):
            case_id = (await submitted(window, LEYLA)).case_id
            answers = await asyncio.gather(*(asks(window, case_id, who) for who in (RENA, TURAL, THIRD)))
            assert sorted(one.state.number for one in answers) == [1, 2, 3]

    run(scenario)


def test_taking_back_and_agreeing_at_once_never_leaves_both_in_force(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        for _round in range(5):
            case_id = (await submitted(window, LEYLA)).case_id
            await asks(window, case_id)
            await asyncio.gather(
                agrees(window, case_id), take_opening_back(window, RENA, case_id, 1), return_exceptions=True
            )
            with pytest.raises(IdentitiesNotOpened):
                await reads(window, case_id)

    run(scenario)


def test_a_repeat_opens_nothing_twice(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        first, again = [await asks(window, case_id, key="ask") for _ in range(2)]
        second, twice = [await agrees(window, case_id, key="agree") for _ in range(2)]

        assert (again.position, again.repeated) == (first.position, True)
        assert (twice.position, twice.repeated) == (second.position, True)
        days.ahead = timedelta(days=3)
        assert (await asks(window, case_id, key="ask")).position == first.position
        assert len(await seen_openings(window, RENA, case_id)) == 1

    run(scenario)


def test_what_is_not_there_is_not_opened(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        for other in (new_id(window.clock()), opening_stream(case_id, 1), looks_stream(case_id)):
            for use in (asks, agrees, reads):
                with pytest.raises(CaseNotFoundError):
                    await use(window, other)
        with pytest.raises(OpeningNotFoundError):
            await agrees(window, case_id)
        with pytest.raises(OpeningNotFoundError):
            await take_opening_back(window, RENA, case_id, 1)
        await asks(window, case_id)
        days.ahead = timedelta(days=7)
        with pytest.raises(OpeningOver):
            await agrees(window, case_id)

    run(scenario)


def test_the_sweep_keeps_the_pseudonyms_of_openings_and_deletes_those_of_none(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        await window.vault.make_key(ISSUER, THIRD.subject, opening_stream(case_id, 2), "auditor")

        assert await sweep_orphans(window, timedelta(0)) == 1
        assert (await reads(window, case_id)).opening.number == 1

    run(scenario)
