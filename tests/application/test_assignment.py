"""Which official gets a case, which does not, and what an official who did not get it may do with it."""

import asyncio
from uuid import UUID

import pytest

from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, Written
from application.cases.reading import may_read
from application.storing import envelope_of, new_events
from application.window import Window
from domain.case.events import CaseAssigned
from domain.case.refusals import DeskLimitReached, OfficialIsParty
from domain.envelope import Actor
from ledger.refusals import VersionConflictError
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER, asks_for_work, citizen, closes, decides, official, open_town, submitted

APPLICANT, MURAD, COLLEAGUE = citizen("leyla"), official("murad"), official("colleague")


async def reassigned(window: Window, case: Written, to: str) -> None:
    """Assign a case to somebody else, as a later rule may do."""
    key = await window.vault.make_key(ISSUER, to, case.case_id, "official")
    version = (await load_case(window.ledger, case.case_id)).version
    actor = Actor(role="window", pseudonym="desk")
    event = CaseAssigned(desk="front", official=str(key.key_ref), rule="order")
    envelope = envelope_of(actor, ["town"], window.clock(), case.case_id)
    await window.ledger.append(new_events(case.case_id, version, [event], envelope, None))


def test_nobody_is_given_their_own_case_and_the_next_one_is_given_instead(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            own, other = await submitted(window, citizen("murad")), await submitted(window, APPLICANT)
            given = await asks_for_work(window, MURAD, own.case_id, other.case_id)

            assert given is not None
            assert given.case_id == other.case_id
            assert await asks_for_work(window, MURAD, own.case_id) is None
            assert await asks_for_work(window, COLLEAGUE, own.case_id) is not None

    asyncio.run(main())


@pytest.mark.parametrize("party", ["applicant", "representative"])
def test_whoever_becomes_a_party_of_their_case_neither_works_on_it_nor_reads_it(
    open_window: OpenWindow, party: str
) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)
            assert await asks_for_work(window, MURAD, case.case_id) is not None
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


@pytest.mark.parametrize("limits", [{"front": 7}, {"back": 3}])
def test_fifty_requests_at_once_give_no_more_cases_than_the_desk_allows(
    open_window: OpenWindow, limits: dict[str, int]
) -> None:
    limit = limits.get("front", 20)

    async def main() -> None:
        async with open_window() as window, open_window() as other:
            await open_town(window, limits)
            cases = [(await submitted(window, APPLICANT)).case_id for _ in range(limit + 10)]
            asked = [asks_for_work(where, MURAD, *cases) for where in (window, other) for _ in range(25)]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            given = [answer.case_id for answer in answers if isinstance(answer, Written)]
            refused = [answer for answer in answers if isinstance(answer, DeskLimitReached)]
            held = await window.vault.keys_of(ISSUER, "murad")

            assert len(set(given)) == len(given) == limit
            assert len(refused) == 50 - limit
            assert f"may have {limit} open cases" in refused[0].detail
            assert {key.case_id for key in held} == set(given)

            await decides(window, MURAD, given[0])
            await closes(window, MURAD, given[0])
            again = await asks_for_work(window, MURAD, *cases)
            assert again is not None
            with pytest.raises(DeskLimitReached):
                await asks_for_work(window, MURAD, *cases)
            assert await asks_for_work(window, MURAD) is None

    asyncio.run(main())


def test_of_many_officials_one_gets_the_case_and_the_others_leave_no_key_and_no_right(
    open_window: OpenWindow,
) -> None:
    everybody = [official(f"official-{number}", "front") for number in range(12)]

    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)
            given = await asyncio.gather(*(asks_for_work(window, who, case.case_id) for who in everybody))
            state = (await load_case(window.ledger, case.case_id)).state

            assert [written is not None for written in given].count(True) == 1
            for who, written in zip(everybody, given, strict=True):
                held = [str(key.key_ref) for key in await window.vault.keys_of(ISSUER, who.subject)]
                assert held == ([state.official] if written is not None and state else [])
                if written is None:
                    with pytest.raises(CaseNotFoundError):
                        await decides(window, who, case.case_id)

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
            assert await asks_for_work(window, MURAD, case.case_id) is not None
            await reassigned(window, case, "colleague")

            with pytest.raises(CaseNotFoundError):
                await decides(window, MURAD, case.case_id)
            with pytest.raises(CaseNotFoundError):  # the view may not know it yet, so the ledger is asked
                await may_read(window, official("murad", "back"), case.case_id, case.state)
            assert (await decides(window, COLLEAGUE, case.case_id)).state.outcome == "granted"

    asyncio.run(main())


def test_a_repeated_request_for_work_is_given_the_same_case(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            cases: list[UUID] = [(await submitted(window, APPLICANT)).case_id for _ in range(5)]
            assert await asks_for_work(window, MURAD, key="k") is None  # nothing waits, so nothing is remembered
            at_once = await asyncio.gather(*(asks_for_work(window, MURAD, *cases, key="k") for _ in range(10)))
            later = await asks_for_work(window, MURAD, *cases, key="k")
            another = await asks_for_work(window, MURAD, *cases, key="other")
            held = await window.vault.keys_of(ISSUER, "murad")

            assert later is not None
            assert another is not None
            assert {written.case_id for written in at_once if written} == {later.case_id}
            assert {key.case_id for key in held} == {later.case_id, another.case_id}

    asyncio.run(main())


def test_a_case_that_moves_on_while_it_is_assigned_leaves_no_key(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submitted(window, APPLICANT)

            async def conflict(*_: object, **__: object) -> None:
                raise VersionConflictError(case.case_id, 1)

            with pytest.MonkeyPatch.context() as fault:
                fault.setattr(window.ledger, "append", conflict)
                assert await asks_for_work(window, MURAD, case.case_id) is None
            assert await window.vault.keys_of(ISSUER, "murad") == []
            assert await asks_for_work(window, MURAD, case.case_id) is not None

    asyncio.run(main())
