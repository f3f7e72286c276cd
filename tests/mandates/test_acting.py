"""Acting for somebody, on a real ledger and vault: the right is asked of three places, and ends with any of them."""

from datetime import UTC, datetime, timedelta

import pytest

from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError
from application.cases.reading import read_own
from application.cases.submission import submit
from application.idempotency import Idempotency
from application.mandates.answering import accept_mandate, decline_mandate, revoke_mandate
from application.mandates.joining import leave_case
from application.mandates.representing import use_of
from application.mandates.streams import MandateNotFoundError
from application.window import Window
from domain.case.refusals import MandateMissing, RepresentativeAlreadyAdded
from domain.mandate.refusals import (
    MandateNotForThis,
    MandateNotInForce,
    MandateOver,
    MandateToOneself,
)
from domain.mandate.state import MandateStatus
from tests.application.town import submitted
from tests.mandates.family import (
    FIRM,
    LEYLA,
    SISTER,
    STRANGER,
    Days,
    Run,
    accepted,
    asks,
    case_of,
    day,
    gives,
    joins,
    known,
    mandate_of,
    named,
    reads,
    request,
    topics_of,
    withdraws,
)


def test_a_mandate_is_accepted_only_by_whom_it_names(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await gives(window)
        for nobody in (STRANGER, LEYLA, SISTER._replace(identifiers=())):
            with pytest.raises(MandateNotFoundError):
                await accept_mandate(window, nobody, mandate)
            with pytest.raises(MandateNotFoundError):
                await decline_mandate(window, nobody, mandate)

        changed = await accept_mandate(window, SISTER, mandate)

        assert changed.state.status is MandateStatus.ACCEPTED
        assert (await accept_mandate(window, SISTER, mandate)).position is None
        assert await topics_of(window, mandate) == ["mandate.given", "mandate.accepted"]

    run(scenario)


def test_whatever_a_login_may_say_about_somebody_can_name_them(run: Run) -> None:
    async def scenario(window: Window) -> None:
        longest = "9" * 255
        mandate = await gives(window, known("long", longest[1:]), receiver=named(longest))

        await accept_mandate(window, known("longer", longest), mandate)

        assert (await mandate_of(window, mandate)).status is MandateStatus.ACCEPTED

    run(scenario)


def test_whoever_gives_a_mandate_cannot_accept_it_by_another_identifier(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await gives(window, LEYLA._replace(identifiers=((FIRM, "X"),)), receiver=named("AZE-LEYLA-1"))

        with pytest.raises(MandateToOneself):
            await accept_mandate(window, LEYLA, mandate)

    run(scenario)


def test_what_is_declined_or_was_never_accepted_gives_no_right(run: Run) -> None:
    async def scenario(window: Window) -> None:
        offered, declined = await gives(window), await gives(window)
        await decline_mandate(window, SISTER, declined)

        for mandate in (offered, declined):
            with pytest.raises(MandateNotFoundError):
                await asks(window, SISTER, mandate=mandate)
        assert (await mandate_of(window, declined)).status is MandateStatus.DECLINED
        assert await window.vault.keys_of(SISTER.issuer, SISTER.subject) == []

    run(scenario)


def test_a_representative_submits_for_the_giver_and_both_read_and_act(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        case = await asks(window, SISTER, mandate=mandate)

        assert await topics_of(window, case.case_id) == ["case.submitted", "case.representative_added"]
        assert (await case_of(window, case.case_id)).party == "person"
        for who in (LEYLA, SISTER):
            assert await reads(window, who, case.case_id) == {
                "sealed_answers.person.name": "Ana",
                "mandate": str(mandate),
            }
        with pytest.raises(CaseNotFoundError):
            await read_own(window, STRANGER, case.case_id)
        withdrawn = await withdraws(window, SISTER, case.case_id)
        assert withdrawn.state.has_ended

    run(scenario)


def test_each_side_sees_the_representative_under_a_pseudonym_of_their_own_in_each_case(
    run: Run,
) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        one, other = await asks(window, SISTER, mandate=mandate), await asks(window, SISTER, mandate=mandate)
        states = [await case_of(window, case.case_id) for case in (one, other)]
        state = await mandate_of(window, mandate)
        names = [*(name for each in states for name in (each.applicant, *each.representatives))]

        assert len({*names, state.giver, state.receiver}) == 6

    run(scenario)


def test_a_representative_joins_a_case_that_the_mandate_covers(run: Run) -> None:
    async def scenario(window: Window) -> None:
        case = await submitted(window, LEYLA)
        for_service, for_case = await accepted(window), await accepted(window, services=(), cases=(case.case_id,))
        with pytest.raises(CaseNotFoundError):
            await read_own(window, SISTER, case.case_id)

        for mandate in (for_service, for_case):
            await joins(window, SISTER, case.case_id, mandate)
            assert (await reads(window, SISTER, case.case_id))["sealed_answers.person.name"] == "Ana"
            with pytest.raises(RepresentativeAlreadyAdded):
                await joins(window, SISTER, case.case_id, for_case)
            await leave_case(window, SISTER, case.case_id)
            with pytest.raises(CaseNotFoundError):
                await read_own(window, SISTER, case.case_id)
        with pytest.raises(CaseNotFoundError):
            await leave_case(window, SISTER, case.case_id)

    run(scenario)


def test_a_mandate_is_no_right_to_anybody_elses_case(run: Run) -> None:
    """A giver cannot give what is not theirs, and whoever tries gets no pseudonym in the case."""

    async def scenario(window: Window) -> None:
        case = await submitted(window, STRANGER)
        mandate = await accepted(window, cases=(case.case_id,))

        with pytest.raises(CaseNotFoundError):
            await joins(window, SISTER, case.case_id, mandate)
        with pytest.raises(CaseNotFoundError):
            await read_own(window, SISTER, case.case_id)
        assert {held.role for held in await window.vault.keys_of(SISTER.issuer, SISTER.subject)} == {"receiver"}

    run(scenario)


def test_a_mandate_for_other_things_or_other_days_gives_no_right(run: Run) -> None:
    async def scenario(window: Window) -> None:
        case = await submitted(window, LEYLA)
        for changes, refusal in (
            ({"services": ("passport",)}, MandateNotForThis),
            ({"first_day": day(2)}, MandateNotInForce),
            ({"first_day": day(-9), "last_day": day(-2)}, MandateOver),
        ):
            mandate = await accepted(window, **changes)
            with pytest.raises(refusal):
                await asks(window, SISTER, mandate=mandate)
            with pytest.raises(refusal):
                await joins(window, SISTER, case.case_id, mandate)
        with pytest.raises(MandateMissing):
            await joins(window, SISTER, case.case_id, None)

    run(scenario)


@pytest.mark.parametrize("by", [LEYLA, SISTER], ids=["taken back", "given back"])
def test_a_revocation_takes_effect_at_once_in_every_case(run: Run, by: Caller) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        cases = [(await asks(window, SISTER, mandate=mandate)).case_id for _ in range(2)]

        await revoke_mandate(window, by, mandate)
        await revoke_mandate(window, LEYLA, mandate)

        for case_id in cases:
            # The cases are told when the representative comes there next, and not all at one moment.
            assert len((await case_of(window, case_id)).representatives) == 1
            with pytest.raises(CaseNotFoundError):
                await withdraws(window, SISTER, case_id)
            assert (await topics_of(window, case_id))[-1] == "case.representative_removed"
            with pytest.raises(CaseNotFoundError):
                await read_own(window, SISTER, case_id)
            assert await reads(window, LEYLA, case_id)
        with pytest.raises(MandateOver):
            await asks(window, SISTER, mandate=mandate)
        assert await topics_of(window, mandate) == ["mandate.given", "mandate.accepted", "mandate.revoked"]

    run(scenario)


def test_the_only_case_of_a_mandate_is_told_at_once_that_it_is_over(run: Run) -> None:
    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        case = await asks(window, SISTER, mandate=mandate)

        await revoke_mandate(window, LEYLA, mandate)

        assert (await case_of(window, case.case_id)).representatives == frozenset()

    run(scenario)


def test_a_mandate_ends_with_its_last_day(run: Run) -> None:
    async def scenario(window: Window) -> None:
        clock = Days()
        later = window._replace(clock=clock)
        case = await asks(later, SISTER, mandate=await accepted(later, last_day=day(1)))

        clock.ahead = timedelta(days=1)
        assert await reads(later, SISTER, case.case_id)
        clock.ahead = timedelta(days=2)
        with pytest.raises(CaseNotFoundError):
            await reads(later, SISTER, case.case_id)
        assert (await case_of(later, case.case_id)).representatives == frozenset()

    run(scenario)


def test_the_day_is_the_one_that_the_calendar_of_the_case_shows(run: Run) -> None:
    async def scenario(window: Window) -> None:
        case = await submitted(window, LEYLA)
        noon = window._replace(clock=lambda: datetime(2026, 11, 30, 12, tzinfo=UTC))
        days = [
            use_of(noon, case.case_id, case.state._replace(time_zone=zone)).day
            for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12")
        ]

        assert [each.isoformat() for each in days] == ["2026-11-30", "2026-12-01", "2026-11-30"]

    run(scenario)


def test_whoever_joins_again_by_another_mandate_keeps_their_pseudonym(run: Run) -> None:
    async def scenario(window: Window) -> None:
        first = await accepted(window)
        case = await asks(window, SISTER, mandate=first)
        before = (await case_of(window, case.case_id)).representatives
        await asks(window, SISTER, mandate=first)
        await revoke_mandate(window, LEYLA, first)

        await joins(window, SISTER, case.case_id, await accepted(window))

        assert (await case_of(window, case.case_id)).representatives == before
        assert (await topics_of(window, case.case_id))[1:] == [
            "case.representative_added",
            "case.representative_removed",
            "case.representative_added",
        ]
        assert await reads(window, SISTER, case.case_id)

    run(scenario)


def test_nobody_but_its_parties_revokes_a_mandate(run: Run) -> None:
    async def scenario(window: Window) -> None:
        offered, mandate = await gives(window), await accepted(window)
        with pytest.raises(MandateNotFoundError):
            await revoke_mandate(window, STRANGER, mandate)
        with pytest.raises(MandateNotFoundError):
            await revoke_mandate(window, SISTER, offered)

        assert not (await mandate_of(window, mandate)).is_over

    run(scenario)


def test_a_repeated_submission_for_another_makes_one_case(run: Run) -> None:
    """Also after the mandate is over: the first answer stands, and no key is left of the second attempt."""

    async def scenario(window: Window) -> None:
        mandate = await accepted(window)
        asked, once = request(mandate=mandate), Idempotency("POST /v1/cases", "k", b"")
        first = await submit(window, SISTER, asked, "internet", once)
        again = await submit(window, SISTER, asked, "internet", once)
        await revoke_mandate(window, LEYLA, mandate)
        late = await submit(window, SISTER, asked, "internet", once)

        assert {first.case_id, again.case_id, late.case_id} == {first.case_id}
        for who in (LEYLA, SISTER):
            held = [own for own in await window.vault.keys_of(who.issuer, who.subject) if own.case_id != mandate]
            assert [own.case_id for own in held] == [first.case_id]

    run(scenario)


def test_versions_of_a_case_are_seen_by_its_representative_as_by_the_applicant(
    run: Run,
) -> None:
    async def scenario(window: Window) -> None:
        case = await asks(window, SISTER, mandate=await accepted(window))

        assert case.version == (await load_case(window.ledger, case.case_id)).seen == 2

    run(scenario)
