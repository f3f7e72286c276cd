"""Every read by an opening is a look, which is kept beside the case until the seal expires."""

from datetime import timedelta
from uuid import UUID

from application.access.callers import Caller
from application.cases.reading import may_read
from application.identity import looks_stream, opening_stream
from application.openings.opening import take_opening_back
from application.window import Window
from ledger.published.codec import decode
from ledger.published.concerning import read
from tests.application.town import submitted
from tests.mandates.family import LEYLA, case_of
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


def test_every_read_is_a_look_in_the_opening_once_an_hour(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = await opened_case(window)
        days.ahead = timedelta(hours=1)
        for who in (RENA, RENA, TURAL):
            await reads(window, case_id, who)
        days.ahead = timedelta(hours=2)
        await reads(window, case_id)

        told = [one for one in await topics_in(window, case_id) if one == "look_recorded"]
        assert 3 <= len(told) <= 4  # one more if an hour began in between
        assert await window.ledger.read_stream(looks_stream(case_id)) == []

    run(scenario)


async def looks_at(window: Window, who: Caller, case_id: UUID) -> None:
    await may_read(window, who, case_id, await case_of(window, case_id))
    await window.looks.recorded()


def test_a_look_of_theirs_at_the_case_is_kept_under_the_seal_and_others_are_shown_at_once(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        await asks(window, case_id)
        await looks_at(window, RENA, case_id)  # one auditor alone hides nothing
        assert len(await window.ledger.read_stream(looks_stream(case_id))) == 1
        await agrees(window, case_id)
        await looks_at(window, TURAL, case_id)
        await looks_at(window, THIRD, case_id)
        assert len(await window.ledger.read_stream(looks_stream(case_id))) == 2
        assert (await topics_in(window, case_id))[2:] == ["look_recorded"]

        days.ahead = timedelta(days=90)
        await looks_at(window, TURAL, case_id)

        assert len(await window.ledger.read_stream(looks_stream(case_id))) == 3
        assert len(await topics_in(window, case_id)) == 3

    run(scenario)


def test_no_agency_is_told_of_an_opening(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        await reads(window, case_id)
        await take_opening_back(window, RENA, case_id, 1)
        entries = await window.ledger.read_stream(opening_stream(case_id, 1))

        assert len(entries) == 4
        assert {read(entry).agencies for entry in entries} == {()}
        assert {decode(entry).envelope.actor.role for entry in entries} == {"auditor"}

    run(scenario)
