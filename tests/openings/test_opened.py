"""Two auditors open identities together; nobody else reads them. Reasons are sealed for the applicant."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.access.authorisation import NotAllowedError
from application.access.callers import Caller, Role
from application.cases.erasure import erase_person
from application.identity import opening_stream
from application.openings.listing import seen_openings
from application.openings.opening import ask_opening, take_opening_back
from application.openings.requests import OpeningToAsk
from application.window import Window
from domain.case.refusals import ApplicantErased, ContactInWords
from domain.mandate.content import Identifier
from domain.opening.refusals import (
    IdentitiesNotOpened,
    NotTheFirstAuditor,
    SecondAuditorIsTheFirst,
)
from domain.opening.state import OpeningStatus
from ledger.vault.seal import open_sealed
from tests.application.town import COORDINATOR, ISSUER, official, submitted
from tests.mandates.family import LEYLA, NUMBER, SISTER, SISTER_NUMBER, accepted, case_of, joins
from tests.mandates.family import asks as submits
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
from tests.openings.examples import REASON, SECOND_REASON


def test_both_auditors_read_who_the_applicant_is_until_the_time_is_over(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = await opened_case(window)
        for who in (RENA, TURAL):
            applicant = (await reads(window, case_id, who)).identities.applicant
            assert applicant.elements == {"person.name": "Ana"}
            assert applicant.pseudonym == (await case_of(window, case_id)).applicant
            assert not applicant.is_erased

        days.ahead = timedelta(days=14)

        for who in (RENA, TURAL):
            with pytest.raises(IdentitiesNotOpened):
                await reads(window, case_id, who)

    run(scenario)


def test_nobody_else_reads_them(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        with pytest.raises(IdentitiesNotOpened):
            await reads(window, case_id, THIRD)
        with pytest.raises(IdentitiesNotOpened):
            await reads(window, (await submitted(window, LEYLA)).case_id)
        for who in (LEYLA, official("murad"), COORDINATOR, Caller(ISSUER, "system", Role.AGENCY, "town")):
            with pytest.raises(NotAllowedError):
                await reads(window, case_id, who)
            with pytest.raises(NotAllowedError):
                await seen_openings(window, who, case_id)

    run(scenario)


def test_one_auditor_alone_reads_nothing(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        await asks(window, case_id)
        with pytest.raises(IdentitiesNotOpened):
            await reads(window, case_id)
        with pytest.raises(SecondAuditorIsTheFirst):
            await agrees(window, case_id, RENA)
        with pytest.raises(IdentitiesNotOpened):
            await reads(window, case_id)

    run(scenario)


def test_what_was_taken_back_is_read_no_more(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        for other in (TURAL, THIRD):
            with pytest.raises(NotTheFirstAuditor):
                await take_opening_back(window, other, case_id, 1)
        await take_opening_back(window, RENA, case_id, 1)
        again = await take_opening_back(window, RENA, case_id, 1)

        assert again.position is None
        for who in (RENA, TURAL):
            with pytest.raises(IdentitiesNotOpened):
                await reads(window, case_id, who)

    run(scenario)


def test_who_acts_for_the_applicant_is_read_as_the_mandate_names_them(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submits(window, SISTER, mandate=await accepted(window))).case_id
        await asks(window, case_id)
        await agrees(window, case_id)

        [sister] = (identities := (await reads(window, case_id)).identities).representatives

        assert sister.known_by == [Identifier(element=NUMBER, value=SISTER_NUMBER)]
        assert sister.acts_now
        assert Identifier(element=NUMBER, value="AZE-LEYLA-1") in identities.applicant.known_by

        await erase_person(window, ISSUER, SISTER.subject)
        [sister] = (await reads(window, case_id)).identities.representatives
        assert (sister.is_erased, sister.acts_now, sister.known_by) == (True, False, [])

    run(scenario)


def test_erased_persons_read_as_erased(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        await joins(window, SISTER, case_id, await accepted(window))
        await erase_person(window, ISSUER, LEYLA.subject)

        identities = (await reads(window, case_id)).identities

        assert (identities.applicant.is_erased, identities.applicant.elements) == (True, {})
        assert identities.applicant.known_by == identities.representatives[0].known_by == []
        [seen] = await seen_openings(window, THIRD, case_id)
        assert (seen.first_reason, seen.second_reason) == (None, None)
        with pytest.raises(ApplicantErased):
            await asks(window, case_id, THIRD)

    run(scenario)


def test_auditors_read_both_reasons_and_they_are_sealed_for_the_applicant(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = await opened_case(window)
        [seen] = await seen_openings(window, THIRD, case_id)
        assert (seen.first_reason, seen.second_reason) == (REASON, SECOND_REASON)
        assert seen.status is OpeningStatus.OPENED
        deks = await window.vault.open_keys([UUID((await case_of(window, case_id)).applicant)])
        for entry in await window.ledger.read_stream(opening_stream(case_id, 1)):
            assert b"street" not in entry.open + entry.sealed
            assert set(open_sealed(entry.sealed, deks, entry.stream, entry.version).fields) == {"reason"}

    run(scenario)


def test_a_reason_gives_nobody_a_way_to_reach_somebody(run: Run) -> None:
    async def scenario(window: Window, _: Days) -> None:
        case_id = (await submitted(window, LEYLA)).case_id
        request = OpeningToAsk(reason="Call me about it: +994 50 123 45 67", days=1, sealed_days=0)
        with pytest.raises(ContactInWords) as refused:
            await ask_opening(window, RENA, case_id, request, None)

        assert refused.value.field == "reason"
        assert await topics_in(window, case_id) == []

    run(scenario)
