"""Organisations act through people whose login proves them, or by a mandate that such a person has given."""

import pytest

from application.cases.casework import CaseNotFoundError
from application.cases.reading import read_own
from application.mandates.answering import accept_mandate, revoke_mandate
from application.mandates.organisations import OrganisationNotProved
from application.mandates.streams import MandateNotFoundError
from application.window import Window
from domain.mandate.refusals import (
    MandateAlreadyAccepted,
)
from tests.application.town import submitted
from tests.mandates.family import (
    ACCOUNTANT,
    AS_FIRM,
    DIRECTOR,
    FIRM,
    LEYLA,
    SISTER,
    STRANGER,
    Run,
    accepted,
    asks,
    case_of,
    gives,
    joins,
    known,
    named,
    reads,
)


def test_a_member_of_an_organisation_accepts_for_themselves_alone(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await gives(window, receiver=AS_FIRM)
        await accept_mandate(window, DIRECTOR, mandate)

        with pytest.raises((MandateNotFoundError, MandateAlreadyAccepted)):
            await accept_mandate(window, ACCOUNTANT, mandate)
        with pytest.raises(MandateNotFoundError):
            await asks(window, ACCOUNTANT, mandate=mandate)
        assert (await asks(window, DIRECTOR, mandate=mandate)).state.party == "person"

    run(scenario)


def test_an_organisation_acts_through_those_whose_login_proves_it(run: Run) -> None:
    async def scenario(window: Window) -> None:
        for nobody in (STRANGER, known("director", "AZE-DIRECTOR-3")):
            with pytest.raises(OrganisationNotProved):
                await asks(window, nobody, organisation=AS_FIRM)
        case = await asks(window, DIRECTOR, organisation=AS_FIRM)
        with pytest.raises(CaseNotFoundError):
            await read_own(window, ACCOUNTANT, case.case_id)

        await joins(window, ACCOUNTANT, case.case_id, None, organisation=AS_FIRM)

        state = await case_of(window, case.case_id)
        assert (state.party, len(state.representatives)) == ("organisation", 2)
        for who in (DIRECTOR, ACCOUNTANT):
            assert (await reads(window, who, case.case_id))["sealed_answers.person.name"] == "Ana"
            with pytest.raises(CaseNotFoundError):
                await read_own(window, who._replace(organisations=()), case.case_id)
        assert (await case_of(window, case.case_id)).representatives == state.representatives
        with pytest.raises(CaseNotFoundError):
            await joins(window, DIRECTOR, (await submitted(window, LEYLA)).case_id, None, organisation=AS_FIRM)

    run(scenario)


def test_an_organisation_gives_mandates_too(run: Run) -> None:
    async def scenario(window: Window) -> None:
        with pytest.raises(OrganisationNotProved):
            await gives(window, LEYLA, organisation=AS_FIRM)
        mandate = await accepted(window, DIRECTOR, organisation=AS_FIRM)
        other = named("FIRM-OTHER", FIRM)
        with pytest.raises(OrganisationNotProved):
            await asks(window, SISTER, mandate=mandate, organisation=other)

        case = await asks(window, SISTER, mandate=mandate, organisation=AS_FIRM)

        assert case.state.party == "organisation"
        await joins(window, ACCOUNTANT, case.case_id, None, organisation=AS_FIRM)
        await revoke_mandate(window, ACCOUNTANT, mandate)
        with pytest.raises(CaseNotFoundError):
            await read_own(window, SISTER, case.case_id)

    run(scenario)
