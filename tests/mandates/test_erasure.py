"""Whoever is erased has neither given nor accepted anything any more, and what they sealed opens for nobody."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from application.cases.casework import CaseNotFoundError, Written
from application.cases.erasure import erase_person
from application.cases.prevention import sweep_orphans
from application.cases.reading import read_own
from application.identity import new_id
from application.mandates.answering import accept_mandate, revoke_mandate
from application.mandates.listing import own_mandates
from application.mandates.organisations import as_person
from application.mandates.streams import MandateNotFoundError
from application.window import Window
from domain.mandate.refusals import MandateOver
from domain.mandate.state import MandateStatus
from domain.refusals import Refusal
from ledger.refusals import VersionConflictError
from ledger.vault.seal import open_sealed
from tests.application.conftest import OpenWindow
from tests.application.stepping import Stepped
from tests.application.town import ISSUER, open_town, submitted
from tests.mandates.family import (
    ACCOUNTANT,
    AS_FIRM,
    DIRECTOR,
    LEYLA,
    SISTER,
    Run,
    accepted,
    asks,
    case_of,
    gives,
    joins,
    mandate_of,
    topics_of,
)


async def opens(window: Window, stream: UUID, *keys: str) -> set[str]:
    """Return the names of what still opens in a stream, by any of these keys."""
    deks = await window.vault.open_keys([UUID(key) for key in keys])
    found: set[str] = set()
    for entry in await window.ledger.read_stream(stream):
        found |= set(open_sealed(entry.sealed, deks, entry.stream, entry.version).fields)
    return found


def test_an_erased_giver_is_erased_for_both_and_the_mandate_is_over(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        case = await asks(window, SISTER, mandate=mandate)
        state = await case_of(window, case.case_id)
        assert await opens(window, case.case_id, state.applicant) == {"sealed_answers.person.name", "mandate"}

        await erase_person(window, ISSUER, LEYLA.subject)

        assert (await topics_of(window, mandate))[-1] == "mandate.revoked"
        assert await opens(window, case.case_id, state.applicant, *state.representatives) == set()
        assert await opens(window, mandate, (await mandate_of(window, mandate)).giver) == set()
        with pytest.raises(CaseNotFoundError):
            await read_own(window, SISTER, case.case_id)
        with pytest.raises((MandateOver, MandateNotFoundError)):
            await asks(window, SISTER, mandate=mandate)
        assert (await case_of(window, case.case_id)).representatives == frozenset()
        assert await window.vault.keys_of(ISSUER, LEYLA.subject) == []

    run(scenario)


def test_an_erased_receiver_leaves_the_giver_what_is_theirs(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        case = await asks(window, SISTER, mandate=mandate)

        await erase_person(window, ISSUER, SISTER.subject)

        assert (await topics_of(window, mandate))[-1] == "mandate.revoked"
        assert (await case_of(window, case.case_id)).representatives == frozenset()
        assert (await read_own(window, LEYLA, case.case_id)).deks
        assert await window.vault.keys_of(ISSUER, SISTER.subject) == []
        with pytest.raises((MandateOver, MandateNotFoundError)):
            await accept_mandate(window, SISTER, mandate)

    run(scenario)


def test_what_an_erased_giver_has_offered_is_offered_to_nobody(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await gives(window)
        await erase_person(window, ISSUER, LEYLA.subject)

        assert (await mandate_of(window, mandate)).status is MandateStatus.REVOKED
        assert (await own_mandates(window, SISTER, None, 10)).items == []
        with pytest.raises(MandateNotFoundError):
            await accept_mandate(window, SISTER, mandate)

    run(scenario)


def test_an_organisation_can_be_erased_like_a_person(run: Run) -> None:
    async def scenario(window: Window) -> None:
        case = await asks(window, DIRECTOR, organisation=AS_FIRM)
        mandate = await accepted(window, DIRECTOR, organisation=AS_FIRM)

        await erase_person(window, *as_person(AS_FIRM.identifier))

        for who in (DIRECTOR, ACCOUNTANT):
            with pytest.raises(CaseNotFoundError):
                await read_own(window, who, case.case_id)
        with pytest.raises(CaseNotFoundError):
            await joins(window, ACCOUNTANT, case.case_id, None, organisation=AS_FIRM)
        assert (await mandate_of(window, mandate)).status is MandateStatus.REVOKED

    run(scenario)


def test_an_erasure_after_the_end_of_a_mandate_says_nothing_more(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        await revoke_mandate(window, LEYLA, mandate)
        for who in (LEYLA, SISTER):
            await erase_person(window, ISSUER, who.subject)

        assert await topics_of(window, mandate) == ["mandate.given", "mandate.accepted", "mandate.revoked"]

    run(scenario)


@pytest.mark.parametrize("steps", range(24))
def test_nobody_submits_for_whoever_was_erased_meanwhile(open_window: OpenWindow, steps: int) -> None:
    """Whatever an erasure finds of a submission that is under way, no key of the erased giver is left in the end."""

    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            mandate = await accepted(window)
            submission = Stepped("the sister", window, lambda own: asks(own, SISTER, mandate=mandate))
            await submission.arrived()
            await submission.go(steps)
            await erase_person(window, ISSUER, LEYLA.subject)
            await submission.finish()
            assert submission.answer is not None

            assert await window.vault.keys_of(ISSUER, LEYLA.subject) == []
            for own in await window.vault.keys_of(ISSUER, SISTER.subject):
                if own.role == "representative" and await topics_of(window, own.case_id) == ["case.submitted"]:
                    raise AssertionError("a case without the event that says who represents its applicant")

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(14))
def test_nobody_joins_a_case_of_whoever_was_erased_meanwhile(open_window: OpenWindow, steps: int) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            mandate, case = await accepted(window), await submitted(window, LEYLA)
            joining = Stepped("the sister", window, lambda own: joins(own, SISTER, case.case_id, mandate))
            await joining.arrived()
            await joining.go(steps)
            await erase_person(window, ISSUER, LEYLA.subject)
            await joining.finish()

            assert isinstance(joining.answer, Written | Refusal | CaseNotFoundError | MandateNotFoundError)
            assert (await case_of(window, case.case_id)).representatives == frozenset()
            with pytest.raises(CaseNotFoundError):
                await read_own(window, SISTER, case.case_id)

    asyncio.run(main())


def test_the_sweep_deletes_keys_of_mandates_that_were_never_given(run: Run) -> None:
    """And no mandate can come to be under such a key, however late its process goes on."""

    async def scenario(window: Window) -> None:
        lost = new_id(window.clock())
        kept = await accepted(window)
        await window.vault.make_key(ISSUER, LEYLA.subject, lost, "giver")

        swept = await sweep_orphans(window, timedelta(0))

        assert swept == 1
        assert {own.case_id for own in await window.vault.keys_of(ISSUER, LEYLA.subject)} == {kept}
        assert {own.case_id for own in await window.vault.keys_of(ISSUER, SISTER.subject)} == {kept}
        assert await topics_of(window, lost) == ["submission.prevented"]

    run(scenario)


def test_a_mandate_whose_key_was_destroyed_before_it_was_given_is_not_given(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            giving = Stepped("leyla", window, gives)
            await giving.arrived()

            async def has_its_key() -> bool:
                return bool(await window.vault.keys_of(ISSUER, LEYLA.subject))

            await giving.until(has_its_key)
            await erase_person(window, ISSUER, LEYLA.subject)
            await giving.finish()

            assert isinstance(giving.answer, Exception)
            assert not isinstance(giving.answer, VersionConflictError)
            assert await window.vault.keys_of(ISSUER, LEYLA.subject) == []
            assert (await own_mandates(window, SISTER, None, 10)).items == []

    asyncio.run(main())
