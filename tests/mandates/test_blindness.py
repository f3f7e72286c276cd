"""Mandates tell nobody who is who: not who decides, and nobody who reads the ledger without its keys."""

import asyncio
import re
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from application.access.callers import Caller, Role
from application.cases.casework import refuse_own_cause
from application.cases.reading import may_read, open_entry
from application.draws.giving_back import take_from_parties
from application.draws.holding import Held
from application.mandates.answering import accept_mandate, decline_mandate, revoke_mandate
from application.mandates.joining import leave_case
from application.mandates.listing import own_mandate, own_mandates
from application.mandates.requests import NamedBy
from application.mandates.streams import MandateNotFoundError
from application.window import Window
from domain.case.refusals import OfficialIsParty
from domain.desk.refusals import TooFewToDrawAmong
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.recorded import recorded
from tests.application.conftest import OpenWindow
from tests.application.town import decides, is_given, official, submitted
from tests.draws.town_hall import FRONT, open_hall, requested
from tests.mandates.family import (
    AS_FIRM,
    DIRECTOR,
    FIRM_NUMBER,
    LEYLA,
    NUMBER,
    SISTER,
    SISTER_NUMBER,
    STRANGER,
    Run,
    accepted,
    asks,
    case_of,
    gives,
    joins,
    known,
)

MURAD = official("murad")
AS_CITIZEN = known("murad", "AZE-MURAD-2")
HIS_NUMBER = NamedBy(element=NUMBER, value="AZE-MURAD-2")


# --- nobody decides in their own cause


async def _must_not_decide(window: Window, case_id: UUID) -> None:
    with pytest.raises(TooFewToDrawAmong):  # two are left, since one of three is a party
        await is_given(window, MURAD, case_id)
    with pytest.raises(OfficialIsParty):
        await refuse_own_cause(window, MURAD, case_id)
    with pytest.raises(OfficialIsParty):
        await may_read(window, MURAD, case_id, await case_of(window, case_id))


def test_an_official_who_represents_the_applicant_is_given_no_case_of_theirs(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window, by=AS_CITIZEN, receiver=HIS_NUMBER)
        case = await asks(window, AS_CITIZEN, mandate=mandate)
        await _must_not_decide(window, case.case_id)

        await leave_case(window, AS_CITIZEN, case.case_id)
        await revoke_mandate(window, LEYLA, mandate)

        await _must_not_decide(window, case.case_id)  # whoever has had a part in it never decides it

    run(scenario)


def test_an_official_who_has_or_had_a_mandate_of_the_applicant_is_given_no_case_of_theirs(
    run: Run,
) -> None:
    """Even in a case that the mandate is not for, and in one that was assigned before; also once the mandate is over.

    Else who has learnt from it who asks could give it back, and decide.
    """

    async def scenario(window: Window) -> None:
        before, waiting = await submitted(window, LEYLA), await submitted(window, LEYLA)
        others = await submitted(window, STRANGER)
        await is_given(window, MURAD, before.case_id)
        offered = await gives(window, receiver=HIS_NUMBER, services=("passport",))
        await refuse_own_cause(window, MURAD, waiting.case_id)

        await accept_mandate(window, AS_CITIZEN, offered)

        await _must_not_decide(window, waiting.case_id)
        with pytest.raises(OfficialIsParty):
            await decides(window, MURAD, before.case_id)
        await refuse_own_cause(window, MURAD, others.case_id)
        await revoke_mandate(window, AS_CITIZEN, offered)
        await _must_not_decide(window, waiting.case_id)
        with pytest.raises(OfficialIsParty):
            await decides(window, MURAD, before.case_id)

    run(scenario)


def test_a_case_is_taken_from_an_official_who_becomes_a_party_to_it_and_from_nobody_for_an_offer(run: Run) -> None:
    async def scenario(window: Window) -> None:
        theirs, others = await submitted(window, LEYLA), await submitted(window, STRANGER)
        for case in (theirs, others):
            await is_given(window, MURAD, case.case_id)
        offered = await gives(window, receiver=HIS_NUMBER)
        assert await _given_back(window, theirs.case_id, others.case_id) == 0

        await accept_mandate(window, AS_CITIZEN, offered)

        assert await _given_back(window, theirs.case_id, others.case_id) == 1
        state = await case_of(window, theirs.case_id)
        assert (state.official, state.released_for) == (None, "recusal")
        assert (await case_of(window, others.case_id)).official is not None
        assert await _given_back(window, others.case_id) == 0

    run(scenario)


async def _given_back(window: Window, *cases: UUID) -> int:
    async def held_at(_agency: str, _desk: str) -> Held:
        officials = [(await case_of(window, case_id)).official for case_id in cases]
        return Held([UUID(official) for official in officials if official], await window.ledger.head())

    return await take_from_parties(window, "town", "front", held_at)


def test_an_offer_keeps_no_official_from_a_case(run: Run) -> None:
    """Else an applicant could choose who decides, by offering mandates to all others."""

    async def scenario(window: Window) -> None:
        case = await submitted(window, LEYLA)
        offered, declined = [await gives(window, receiver=HIS_NUMBER) for _ in range(2)]
        await decline_mandate(window, AS_CITIZEN, declined)

        await is_given(window, MURAD, case.case_id)
        assert (await own_mandate(window, AS_CITIZEN, offered)).part == "offered"

    run(scenario)


def test_a_draw_passes_over_representatives_and_holders_of_a_mandate(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            seats = await open_hall(window)
            nigar = known("nigar", "AZE-NIGAR-5")
            acting = await accepted(window, by=AS_CITIZEN, receiver=HIS_NUMBER)
            await accepted(window, by=nigar, receiver=NamedBy(element=NUMBER, value="AZE-NIGAR-5"))
            case = await asks(window, AS_CITIZEN, mandate=acting)

            holders = await window.vault.seats.holders_for(FRONT, case.case_id, [])
            draw = await requested(window, case.case_id)

            parties = {seats[MURAD], seats[official("nigar")]}
            assert {holder.seat for holder in holders if holder.is_party} == parties
            assert [each.why for each in draw.request.excluded].count("party_to_the_case") == len(parties)

    asyncio.run(main())


def test_before_accepting_nobody_learns_for_which_case_they_are_offered_a_mandate(
    run: Run,
) -> None:
    """An applicant could tell everybody who may decide it who they are. Who accepts does not decide it any more."""

    async def scenario(window: Window) -> None:
        case = await submitted(window, LEYLA)
        mandate = await gives(window, receiver=HIS_NUMBER, services=(), cases=(case.case_id,))

        before = await own_mandate(window, AS_CITIZEN, mandate)
        await accept_mandate(window, AS_CITIZEN, mandate)
        after = await own_mandate(window, AS_CITIZEN, mandate)

        assert before.content is not None
        assert after.content is not None
        assert (before.part, before.content.cases) == ("offered", ())
        assert (after.part, after.content.cases) == ("receiver", (case.case_id,))
        await _must_not_decide(window, case.case_id)

    run(scenario)


# --- who sees which mandate


def test_a_mandate_is_seen_by_whoever_gives_it_and_whom_it_is_offered_to_and_nobody_else(
    run: Run,
) -> None:
    async def scenario(window: Window) -> None:
        one, other = await gives(window), await accepted(window, DIRECTOR, organisation=AS_FIRM)

        async def seen_by(who: Caller) -> dict[UUID, str]:
            return {each.mandate: each.part for each in (await own_mandates(window, who, None, 10)).items}

        assert await seen_by(LEYLA) == {one: "giver"}
        assert await seen_by(SISTER) == {one: "offered", other: "receiver"}
        assert await seen_by(DIRECTOR) == {other: "giver"}
        assert await seen_by(STRANGER) == {}
        assert await seen_by(SISTER._replace(identifiers=())) == {other: "receiver"}
        with pytest.raises(MandateNotFoundError):
            await own_mandate(window, STRANGER, one)
        page = await own_mandates(window, SISTER, None, 1)
        rest = await own_mandates(window, SISTER, page.last, 1)
        assert [each.mandate for each in (*page.items, *rest.items)] == [other, one]
        given = await own_mandate(window, SISTER, other)
        assert given.content is not None
        assert given.content.givers == (AS_FIRM.identifier,)

    run(scenario)


def test_an_official_reads_a_claim_about_the_organisation_and_nothing_of_the_mandate(
    run: Run,
) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window, DIRECTOR, organisation=AS_FIRM)
        case = await asks(window, SISTER, mandate=mandate)
        await is_given(window, MURAD, case.case_id)
        for reader in (MURAD, Caller("https://id.example", "system", Role.AGENCY, "town")):
            reading = await may_read(window, reader, case.case_id, await case_of(window, case.case_id))
            shown: dict[str, object] = {}
            for entry in await window.ledger.read_stream(case.case_id):
                shown |= open_entry(reading, entry.sealed, case.case_id, entry.version).fields
                event = recorded(entry)
                assert event is not None
                shown |= event.data
            assert shown["party"] == "organisation"
            assert "mandate" not in shown
            assert not {str(mandate), FIRM_NUMBER, SISTER_NUMBER} & set(_texts(shown))

    run(scenario)


# --- nothing in clear, and nothing equal


def test_nothing_stored_names_anybody_or_joins_a_mandate_to_a_case_or_two_cases_to_each_other(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    streams: dict[str, UUID] = {}

    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        one, other = await asks(window, SISTER, mandate=mandate), await asks(window, SISTER, mandate=mandate)
        own = await submitted(window, LEYLA)
        await joins(window, SISTER, own.case_id, mandate)
        await leave_case(window, SISTER, own.case_id)
        streams.update(mandate=mandate, one=one.case_id, other=other.case_id, own=own.case_id)

    run(scenario)
    with psycopg.connect(postgres.ledger_url("pencere_owner", ledger_database)) as owner:
        rows = owner.execute("SELECT stream, e::text, convert_from(open, 'utf8') FROM ledger.events AS e").fetchall()
        keys = owner.execute("SELECT k::text FROM ledger.idempotency_keys AS k").fetchall()
    everything = " ".join(" ".join(map(str, row)) for row in rows) + " ".join(key for (key,) in keys)

    for secret in (SISTER_NUMBER, "AZE-LEYLA-1", "leyla", "sister", "AZE"):
        assert secret not in everything
    ids = {
        name: {found for row in rows if row[0] == stream for found in _ids(" ".join(map(str, row)))}
        for name, stream in streams.items()
    }
    assert all(len(each) > 1 for each in ids.values())
    for name, own in ids.items():
        for other_name, others in ids.items():
            assert name == other_name or not own & others


def test_no_event_of_a_mandate_concerns_an_agency(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        await revoke_mandate(window, LEYLA, mandate)
        for entry in await window.ledger.read_stream(mandate):
            event = recorded(entry)
            assert event is not None
            assert event.agencies == ()
            assert set(event.data) <= {"giver", "receiver", "why"}

    run(scenario)


def _ids(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text)


def _texts(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for each in document.values():
            yield from _texts(each)
    elif isinstance(document, str):
        yield document
