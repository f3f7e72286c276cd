"""What an official may do with a case that a draw gave them, and what one may not who did not get it."""

import asyncio

import pytest

from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, Written
from application.cases.reading import may_read
from application.storing import envelope_of, new_events
from application.window import Window
from domain.case.events import CaseAssigned
from domain.case.refusals import OfficialIsParty
from domain.envelope import Actor
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER, citizen, decides, is_given, official, open_town, submitted

APPLICANT, MURAD, COLLEAGUE = citizen("leyla"), official("murad"), official("colleague")


async def reassigned(window: Window, case: Written, to: str) -> None:
    """Assign a case to somebody else, as a later rule may do."""
    key = await window.vault.make_key(ISSUER, to, case.case_id, "official")
    version = (await load_case(window.ledger, case.case_id)).version
    actor = Actor(role="window", pseudonym="desk")
    event = CaseAssigned(desk="front", official=str(key.key_ref), rule="order")
    envelope = envelope_of(actor, ["town"], window.clock(), case.case_id)
    await window.ledger.append(new_events(case.case_id, version, [event], envelope, None))


@pytest.mark.parametrize("party", ["applicant", "representative"])
def test_whoever_becomes_a_party_of_their_case_neither_works_on_it_nor_reads_it(
    open_window: OpenWindow, party: str
) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)
            await is_given(window, MURAD, case.case_id)
            await window.vault.make_key(
                ISSUER, "murad", case.case_id, "applicant" if party == "applicant" else "representative"
            )

            with pytest.raises(OfficialIsParty):
                await decides(window, MURAD, case.case_id)
            with pytest.raises(OfficialIsParty):
                await may_read(window, MURAD, case.case_id, case.state)
            with pytest.raises(OfficialIsParty):
                await may_read(window, official("murad", "back"), case.case_id, case.state)

    asyncio.run(main())


def test_a_key_gives_no_right_to_a_case_that_is_assigned_to_somebody_else(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)
            elsewhere = official("murad", "back")
            await window.vault.make_key(ISSUER, "murad", case.case_id, "official")
            for _ in range(2):  # before the assignment, and after it
                with pytest.raises(CaseNotFoundError):
                    await may_read(window, elsewhere, case.case_id, case.state)
                with pytest.raises(CaseNotFoundError):
                    await decides(window, elsewhere, case.case_id)
                await reassigned(window, case, "colleague")

            assert await may_read(window, official("colleague", "back"), case.case_id, case.state)

    asyncio.run(main())


def test_a_former_official_has_no_right_any_more(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)
            await is_given(window, MURAD, case.case_id)
            await reassigned(window, case, "colleague")

            with pytest.raises(CaseNotFoundError):
                await decides(window, MURAD, case.case_id)
            with pytest.raises(CaseNotFoundError):  # the view may not know it yet, so the ledger is asked
                await may_read(window, official("murad", "back"), case.case_id, case.state)
            assert (await decides(window, COLLEAGUE, case.case_id)).state.outcome == "granted"

    asyncio.run(main())
