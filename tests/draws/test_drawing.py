"""From the submission to the drawn official, on the real ledger and the real vault."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from application.cases.case_commands import change_case
from application.cases.casework import CaseNotFoundError
from application.cases.erasure import erase_person
from application.cases.requests import Submission, Withdrawal
from application.cases.submission import submit
from application.catalogue.entries import LoadedDesk
from application.draws.giving_back import give_back
from application.draws.holding import Held
from application.draws.keepers import anchor_chain
from application.draws.requesting import request_draw
from application.draws.revealing import opening_of, take_share
from application.draws.rosters import (
    declare_absence,
    declare_conflict,
    end_absence,
    end_conflict,
    key_of,
    leave_seat,
    take_seat,
)
from application.window import Window
from domain.case.deadlines import local_date
from domain.desk.events import DrawRequested
from domain.desk.refusals import DeskNotOfTheAgency, DrawChainNotSigned, KeeperNotNamed, SeatUnknown, TooFewToDrawAmong
from domain.draw.seats import commitment_of
from domain.draw.seed import nonce_of
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError
from ledger.vault.seal import open_sealed
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER, citizen, decides, official, submitted
from tests.draws.town_hall import (
    FRONT,
    KEY,
    LOG,
    OFFICIALS,
    anchor,
    anchored,
    case_of,
    drawn,
    open_hall,
    requested,
    share,
    state_of,
)

ANA = citizen("ana")
KNOWN_ANA = ANA._replace(identifiers=(("person.number", "12abc"),))


def played(open_window: OpenWindow, scene: Callable[[Window], Awaitable[None]]) -> None:
    async def main() -> None:
        async with open_window() as window:
            await scene(window)

    asyncio.run(main())


async def excluded(window: Window, case_id: UUID) -> dict[UUID, str]:
    """Request a draw; return seat -> why it is not on the list, as an auditor opens it."""
    request = (await requested(window, case_id)).request
    openings = await opened(window, request)
    why = {each.commitment: each.why for each in request.excluded}
    return {seat: why[commitment] for commitment, seat in openings.items() if commitment in why}


async def opened(window: Window, request: DrawRequested) -> dict[str, UUID]:
    """Return commitment -> seat, with the desk's key; each opening must fit its commitment."""
    key = await key_of(window, "town", "front")
    assert key is not None
    assert key.dek is not None
    for entry in await window.ledger.read_stream(FRONT):
        if entry.topic == DrawRequested.topic and decode(entry).event == request:
            fields = open_sealed(entry.sealed, {key.key_ref: key.dek}, FRONT, entry.version).fields
            openings = {
                name.removeprefix("openings."): opening_of(bytes.fromhex(str(each))) for name, each in fields.items()
            }
            assert all(commitment_of(opening).hex() == name for name, opening in openings.items())
            return {name: UUID(bytes=opening.seat) for name, opening in openings.items()}
    raise LookupError


def test_whom_the_draw_picks_has_the_case_and_nobody_else(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        request = (await requested(window, case_id)).request
        by_commitment = await opened(window, request)
        picked = await drawn_after(window, case_id)

        by_seat = {seat: who for who, seat in seats.items()}
        chosen = by_seat[by_commitment[request.commitments[picked]]]
        assert (await decides(window, chosen, case_id)).state.outcome == "granted"
        for other in OFFICIALS:
            if other is not chosen:
                with pytest.raises(CaseNotFoundError):
                    await decides(window, other, case_id)

    async def drawn_after(window: Window, case_id: UUID) -> int:
        return (await drawn(window, case_id)).index

    played(open_window, scene)


def test_the_case_says_which_draw_gave_it_to_whom(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        picked = await drawn(window, case_id)

        (_, assigned) = await window.ledger.read_stream(case_id)
        event = decode(assigned).event.model_dump()
        assert (event["rule"], event["draw"], event["desk"]) == ("draw", picked.number, "front")
        assert (await state_of(window)).draws.under_way == {}
        stored = {entry.position for entry in await window.ledger.read_stream(FRONT)}
        assert assigned.position - 1 in stored, "share, pick and assignment were appended together"

    played(open_window, scene)


def test_a_share_that_comes_again_is_refused_and_changes_nothing(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        command = share(window, await requested(window, case_id))
        await take_share(window, "town", "front", command)
        head = await window.ledger.head()

        with pytest.raises(Exception, match="no such draw"):
            await take_share(window, "town", "front", command)
        assert await window.ledger.head() == head
        assert (await case_of(window, case_id)).assignments == 1

    played(open_window, scene)


def test_a_case_for_which_a_draw_is_under_way_is_not_drawn_for_twice(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        await asyncio.gather(*(requested(window, case_id) for _ in range(5)))

        assert len((await state_of(window)).draws.under_way) == 1

    played(open_window, scene)


class _Overtaken:
    """Passes all questions about the catalogue on; before the first about a desk, another process does something."""

    def __init__(self, catalogue: Any, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._catalogue, self._meanwhile = catalogue, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)

    def turn_at_desk(self, _: UUID) -> asyncio.Lock:
        """Return a turn that nobody else waits for: turns are of one process."""
        return asyncio.Lock()

    async def desk(self, agency: str, desk: str) -> LoadedDesk:
        """Return the desk as it is after what has happened meanwhile."""
        if self._meanwhile:
            await self._meanwhile.pop()()
        found: LoadedDesk = await self._catalogue.desk(agency, desk)
        return found


def test_a_case_that_another_process_has_drawn_for_meanwhile_is_not_drawn_for_again(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        overtaken: Any = _Overtaken(window.catalogue, partial(drawn, window, case_id))

        async def held_at(_agency: str, _desk: str) -> Held:
            return Held([], await window.ledger.head())

        assert not await request_draw(window._replace(catalogue=overtaken), case_id, held_at, LOG)
        assert (await state_of(window)).draws.requested == 1

    played(open_window, scene)


def test_many_cases_at_once_are_all_drawn_for_in_numbers_without_a_gap(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        cases = [(await submitted(window, citizen(f"c{number}"))).case_id for number in range(8)]
        draws = await asyncio.gather(*(requested(window, case_id) for case_id in cases))
        for draw in sorted(draws, key=lambda draw: draw.request.number):
            await take_share(window, "town", "front", share(window, draw))

        assert sorted(draw.request.number for draw in draws) == list(range(1, 9))
        assert all([(await case_of(window, case_id)).official for case_id in cases])

    played(open_window, scene)


def test_who_is_away_in_conflict_or_party_is_not_on_the_list_and_the_auditor_sees_why(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window, (*OFFICIALS, official("ana"), official("tural")))
        today = local_date(window.clock(), "UTC")
        await declare_absence(window, OFFICIALS[0], "front", today, None)
        await declare_absence(window, OFFICIALS[1], "front", today + timedelta(days=1), None)
        await declare_conflict(window, official("tural"), "front", "person.number", " 12ABC ")
        case_id = (await submitted(window, KNOWN_ANA)).case_id

        assert await excluded(window, case_id) == {
            seats[OFFICIALS[0]]: "away",
            seats[official("ana")]: "party_to_the_case",
            seats[official("tural")]: "in_conflict",
            **dict.fromkeys((), "more_loaded"),
        }

    played(open_window, scene)


def test_a_conflict_or_an_absence_that_is_over_excludes_nobody(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window, OFFICIALS[:3])
        number = await declare_conflict(window, OFFICIALS[0], "front", "person.number", "12ABC")
        await declare_absence(window, OFFICIALS[1], "front", local_date(window.clock(), "UTC"), None)
        case_id = (await submitted(window, KNOWN_ANA)).case_id
        with pytest.raises(TooFewToDrawAmong):
            await requested(window, case_id)

        await end_conflict(window, OFFICIALS[0], "front", number)
        await end_absence(window, OFFICIALS[1], "front")
        assert await excluded(window, case_id) == {}

    played(open_window, scene)


def test_with_fewer_than_three_the_case_waits(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window, OFFICIALS[:2])
        case_id = (await submitted(window, ANA)).case_id
        with pytest.raises(TooFewToDrawAmong):
            await requested(window, case_id)
        await take_seat(window, OFFICIALS[2], "front")

        await drawn(window, case_id)
        assert (await case_of(window, case_id)).official is not None

    played(open_window, scene)


def test_nobody_gets_more_cases_than_the_desk_allows_however_many_come_at_once(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window, OFFICIALS[:3], limit=2)
        held: list[UUID] = []
        waiting = 0
        for number in range(8):
            case_id = (await submitted(window, citizen(f"c{number}"))).case_id
            try:
                await drawn(window, case_id, held)
            except TooFewToDrawAmong:
                waiting += 1
                continue
            official_of = (await case_of(window, case_id)).official
            assert official_of is not None
            held.append(UUID(official_of))
        loads = Counter(each.seat for each in await holders(window, held) for _ in range(each.load))

        assert waiting > 0
        assert max(loads.values()) <= 2

    async def holders(window: Window, held: list[UUID]):  # type: ignore[no-untyped-def] # noqa: ANN202 - what the vault says
        return await window.vault.seats.holders_for(FRONT, UUID(int=1), held)

    played(open_window, scene)


def test_an_official_keeps_their_seat_until_they_leave_and_has_another_one_afterwards(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window)
        who = OFFICIALS[0]
        assert await take_seat(window, who, "front") == seats[who]
        await leave_seat(window, who, "front")
        with pytest.raises(SeatUnknown):
            await leave_seat(window, who, "front")

        with pytest.raises(LedgerBusyError):
            await take_seat(window, who, "front")
        await given_back(window)

        again = await take_seat(window, who, "front")
        assert again != seats[who]
        state = await state_of(window)
        assert seats[who] in state.roster.left
        assert again in state.roster.seats

    played(open_window, scene)


@pytest.mark.parametrize(("why", "goes"), [("absence", declare_absence), ("departure", leave_seat)])
def test_the_cases_of_an_official_who_is_away_or_gone_are_drawn_for_again_and_never_for_them(
    open_window: OpenWindow, why: str, goes: Callable[..., Awaitable[None]]
) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        await drawn(window, case_id)
        had_it = await whose(window, case_id)
        who = next(who for who, seat in seats.items() if seat == had_it)
        today = local_date(window.clock(), "UTC")
        await goes(window, who, "front", *((today, None) if why == "absence" else ()))
        assert await given_back(window, case_id) == 1
        assert await given_back(window, case_id) == 0
        assert (await case_of(window, case_id)).official is None

        again = await requested(window, case_id)
        assert (again.request.number, again.request.redraw, again.request.why) == (2, 1, why)
        await take_share(window, "town", "front", share(window, again))
        assert await whose(window, case_id) not in {None, had_it}

    played(open_window, scene)


def test_a_case_whose_drawn_official_has_left_since_the_request_is_drawn_for_again(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        draw = await requested(window, case_id)
        for who in OFFICIALS[:4]:
            await leave_seat(window, who, "front")
        picked = await take_share(window, "town", "front", share(window, draw))
        assert picked is not None

        case = await case_of(window, case_id)
        stayed = await whose(window, case_id) if case.official else None
        assert (case.released_for == "departure") != (stayed is not None)
        assert case.assignments == 1

    played(open_window, scene)


async def given_back(window: Window, *cases: UUID) -> int:
    """Take the cases of absent and departed officials from them."""

    async def held_at(_agency: str, _desk: str) -> Held:
        officials = [(await case_of(window, case_id)).official for case_id in cases]
        return Held([UUID(official) for official in officials if official], await window.ledger.head())

    return await give_back(window, "town", "front", held_at)


async def whose(window: Window, case_id: UUID) -> UUID | None:
    """Return the seat of the case's official, as only the vault knows it."""
    official = (await case_of(window, case_id)).official
    held = [] if official is None else [UUID(official)]
    return next((row.seat for row in await window.vault.seats.held_at(FRONT, held) if row.official), None)


def test_the_seats_of_one_person_at_two_desks_have_nothing_in_common(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window)

        assert await take_seat(window, OFFICIALS[0], "back") != seats[OFFICIALS[0]]

    played(open_window, scene)


def test_nobody_sits_at_a_desk_that_the_agency_does_not_have(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        with pytest.raises(DeskNotOfTheAgency):
            await take_seat(window, official("murad", "side"), "side")

    played(open_window, scene)


def test_an_erased_official_is_on_no_list_any_more(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        seats = await open_hall(window)
        await erase_person(window, ISSUER, "murad")

        assert seats[OFFICIALS[0]] in (await state_of(window)).roster.left
        request = (await requested(window, (await submitted(window, ANA)).case_id)).request
        assert len(request.commitments) + len(request.excluded) == len(OFFICIALS) - 1

    played(open_window, scene)


def test_a_case_whose_drawn_official_was_erased_meanwhile_is_drawn_for_again(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case_id = (await submitted(window, ANA)).case_id
        draw = await requested(window, case_id)
        for who in OFFICIALS:
            await erase_person(window, ISSUER, who.subject)
        assert await take_share(window, "town", "front", share(window, draw)) is not None
        assert (await case_of(window, case_id)).official is None

        for name in ("sara", "tahir", "ulvi"):
            await take_seat(window, official(name), "front")
        await drawn(window, case_id)
        assert (await case_of(window, case_id)).official is not None

    played(open_window, scene)


def test_a_case_that_has_ended_meanwhile_is_given_to_nobody(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        case = await submitted(window, ANA)
        draw = await requested(window, case.case_id)
        await change_case(window, ANA, case.case_id, case.version, Withdrawal())
        assert await take_share(window, "town", "front", share(window, draw)) is not None

        assert (await case_of(window, case.case_id)).official is None
        held_at = partial(nobody, window)
        assert not await request_draw(window, case.case_id, held_at, LOG)

    async def nobody(window: Window, _agency: str, _desk: str) -> Held:
        return Held((), await window.ledger.head())

    played(open_window, scene)


def test_a_chain_that_somebody_else_has_signed_or_for_another_desk_is_refused(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        good = anchored()._replace(chain=2)
        for other in ({"length": 39}, {"chain": 3}, {"anchor": bytes(32)}, {"desk": bytes(16)}):
            with pytest.raises(DrawChainNotSigned):
                await anchor(window, good, signed=good._replace(**other))
        with pytest.raises(DrawChainNotSigned):
            await anchor_chain(window, "town", "front", good, bytes(64), KEY.public_key().public_bytes_raw())
        with pytest.raises(KeeperNotNamed):
            await anchor(window, good._replace(keeper=UUID(int=1).bytes))

    played(open_window, scene)


def test_a_hash_of_what_the_applicant_has_sent_is_in_the_draw_and_nothing_else_of_it(open_window: OpenWindow) -> None:
    async def scene(window: Window) -> None:
        await open_hall(window)
        nonce = "0f" * 32
        request = Submission(service="permit", answers={"person.name": "Ana"}, nonce=nonce)
        with_one = await submit(window, ANA, request, "internet", None)
        without = await submitted(window, citizen("other"))

        said = (await requested(window, with_one.case_id)).request.nonce
        assert said == nonce_of(with_one.case_id.bytes, bytes.fromhex(nonce)).hex() != nonce
        again = await submit(window, ANA, request, "internet", None)
        assert (await requested(window, again.case_id)).request.nonce != said, "it does not tell that both are hers"
        assert (await requested(window, without.case_id)).request.nonce == "00" * 32

    played(open_window, scene)
