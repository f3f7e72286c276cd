"""The two auditors of an opening are two persons, and neither is a party to the case."""

import pytest

from application.access.callers import Role
from application.cases.erasure import erase_person
from application.openings.listing import seen_openings
from application.window import Window
from domain.opening.refusals import (
    AuditorIsParty,
    FirstAuditorErased,
    SecondAuditorIsTheFirst,
)
from tests.application.town import ISSUER, submitted
from tests.mandates.family import LEYLA, NUMBER, SISTER, accepted, case_of
from tests.mandates.family import asks as submits
from tests.openings.auditors import (
    RENA,
    THIRD,
    TURAL,
    Days,
    Run,
    agrees,
    asks,
    auditor,
    opened_case,
    topics_in,
)


def test_two_logins_that_say_the_same_identifier_are_not_two_auditors(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        await asks(window, case_id, auditor("rena", (NUMBER, "AZE-RENA-1")))
        with pytest.raises(SecondAuditorIsTheFirst):
            await agrees(window, case_id, auditor("r.quliyeva", (NUMBER, " aze-rena-1 ")))
        await agrees(window, case_id, auditor("tural", (NUMBER, "AZE-TURAL-2")))

    run(scenario)


def test_nobody_who_is_a_party_to_the_case_opens_it(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submits(window, SISTER, mandate=await accepted(window))).case_id
        parties = (
            LEYLA._replace(role=Role.AUDITOR, identifiers=()),
            SISTER._replace(role=Role.AUDITOR, identifiers=()),
        )
        own = (await submitted(window, LEYLA)).case_id
        with pytest.raises(AuditorIsParty):
            await asks(window, own, auditor("another-login", (NUMBER, "AZE-LEYLA-1")))
        for party in parties:
            with pytest.raises(AuditorIsParty):
                await asks(window, case_id, party)
        await asks(window, case_id)
        for party in parties:
            with pytest.raises(AuditorIsParty):
                await agrees(window, case_id, party)
            with pytest.raises(AuditorIsParty):
                await seen_openings(window, party, case_id)

    run(scenario)


def test_whoever_comes_back_after_an_erasure_is_not_the_second_of_their_own_opening(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        await asks(window, case_id)
        await erase_person(window, ISSUER, RENA.subject)
        for who in (RENA, TURAL):
            with pytest.raises(FirstAuditorErased):
                await agrees(window, case_id, who)

        assert await topics_in(window, case_id) == ["opening_asked"]
        state = await case_of(window, case_id)
        assert state.erased == frozenset(), "the case shows nothing of it"

    run(scenario)


def test_an_auditor_has_another_pseudonym_in_each_opening(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        again, other = await asks(window, case_id), await asks(window, (await submitted(window, LEYLA)).case_id)
        first = (await seen_openings(window, THIRD, case_id))[0].state.first

        assert again.state.number == 2
        assert len({first, again.state.first, other.state.first}) == 3

    run(scenario)
