"""Who can open another's key, and who must not decide: rows beside the keys, which go with them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from ledger.vault.key_encryption import FileKeyEncryption, KeyBrokenError
from ledger.vault.mandates import KnownMandate
from ledger.vault.person_key import CaseKey, OpenedKey, PersonCase, random_ref
from ledger.vault.rotation import rotate
from ledger.vault.vault import MANDATE, Vault
from tests.ledger.vault.test_vault import ISSUER, LEYLA, MURAD, case

NIGAR = "nigar-AZE5550001"
MANDATE_ID, OTHER = case(50), case(60)
NEWEST = UUID(int=(1 << 128) - 1)
Run = Callable[[Callable[[Vault], Awaitable[None]]], None]


@pytest.fixture
def run(vault_url: str, key_file: Path) -> Run:
    """Run a scenario on an open vault."""

    def ran(scenario: Callable[[Vault], Awaitable[None]]) -> None:
        async def main() -> None:
            async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
                await scenario(vault)

        asyncio.run(main())

    return ran


async def represented(vault: Vault, number: int = 1) -> tuple[CaseKey, CaseKey]:
    """Return Leyla's key in a case, and Murad's, who can open hers because of the mandate."""
    own = await vault.make_key(ISSUER, LEYLA, case(number), "applicant")
    his = await vault.make_key(ISSUER, MURAD, case(number), "representative")
    await vault.mandates.let_open(his.key_ref, own.key_ref, MANDATE_ID)
    return own, his


async def given(vault: Vault, mandate: UUID = MANDATE_ID) -> tuple[CaseKey, CaseKey]:
    """Return Leyla's key in a mandate, and Murad's, who has accepted it."""
    giver = await vault.make_key(ISSUER, LEYLA, mandate, "giver")
    receiver = await vault.make_key(ISSUER, MURAD, mandate, "receiver")
    await vault.mandates.let_open(receiver.key_ref, giver.key_ref, mandate)
    return giver, receiver


def test_whoever_may_open_anothers_key_is_given_it_by_one_question(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        own, his = await represented(vault)
        asked = vault._reads.sent

        found = await vault.find(ISSUER, MURAD, case(1))

        assert vault._reads.sent == asked + 1
        assert found is not None
        assert own.dek is not None
        assert (found.key_ref, found.role) == (his.key_ref, "representative")
        assert found.opens == OpenedKey(own.key_ref, own.dek, MANDATE_ID)
        assert await vault.find(ISSUER, LEYLA, case(1)) == own

    run(scenario)


def test_several_open_one_key_and_each_is_taken_off_without_the_others(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        own, his = await represented(vault)
        hers = await vault.make_key(ISSUER, NIGAR, case(1), "representative")
        await vault.mandates.let_open(hers.key_ref, own.key_ref, None)

        await vault.mandates.close_to(his.key_ref, OTHER)  # because of another mandate: nothing
        assert await opened(vault, MURAD, case(1)) == own.key_ref
        await vault.mandates.close_to(his.key_ref, MANDATE_ID)

        assert await opened(vault, MURAD, case(1)) is None
        assert await opened(vault, NIGAR, case(1)) == own.key_ref

    run(scenario)


async def opened(vault: Vault, subject: str, case_id: UUID) -> UUID | None:
    found = await vault.find(ISSUER, subject, case_id)
    return None if found is None or found.opens is None else found.opens.key_ref


def test_a_destroyed_key_opens_for_nobody(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        own, his = await represented(vault)
        await vault.shred(ISSUER, LEYLA, [own.key_ref])

        found = await vault.find(ISSUER, MURAD, case(1))

        assert found is not None
        assert (found.key_ref, found.opens) == (his.key_ref, None)

    run(scenario)


def test_nobody_opens_a_key_that_is_gone(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        his = await vault.make_key(ISSUER, MURAD, case(1), "representative")
        await vault.mandates.let_open(his.key_ref, random_ref(), MANDATE_ID)
        await vault.mandates.let_open(random_ref(), his.key_ref, MANDATE_ID)

        assert await opened(vault, MURAD, case(1)) is None

    run(scenario)


def test_an_opened_key_that_was_changed_is_not_given_out(run: Run, owner_url: str) -> None:
    async def scenario(vault: Vault) -> None:
        own, _ = await represented(vault)
        with psycopg.connect(owner_url) as owner:
            owner.execute("UPDATE vault.keys SET wrapped = sha256(wrapped) WHERE key_ref = %s", [own.key_ref])

        with pytest.raises(KeyBrokenError):
            await vault.find(ISSUER, MURAD, case(1))

    run(scenario)


def test_a_rotation_keeps_what_is_opened(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        await represented(vault)
        before = await vault.find(ISSUER, MURAD, case(1))

        await rotate(vault)

        assert await vault.find(ISSUER, MURAD, case(1)) == before

    run(scenario)


def test_a_mandate_that_ends_lets_nobody_open_anything_and_names_the_cases(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        giver, _ = await given(vault)
        _, one = await represented(vault, 1)
        _, two = await represented(vault, 2)
        other = await vault.make_key(ISSUER, NIGAR, case(1), "representative")
        await vault.mandates.let_open(other.key_ref, giver.key_ref, OTHER)

        ended = await vault.mandates.end(giver.key_ref, MANDATE_ID)

        assert sorted(ended) == [
            PersonCase(case(1), one.key_ref, "representative"),
            PersonCase(case(2), two.key_ref, "representative"),
        ]
        assert await vault.mandates.end(giver.key_ref, MANDATE_ID) == []
        assert [await opened(vault, MURAD, case(number)) for number in (1, 2)] == [None, None]
        assert await opened(vault, NIGAR, case(1)) == giver.key_ref
        receiver = await vault.find(ISSUER, MURAD, MANDATE_ID, "receiver")
        assert receiver is not None
        assert receiver.opens is None

    run(scenario)


def test_a_new_case_gets_a_key_of_whoever_has_given_the_mandate(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        giver, receiver = await given(vault)
        ref, late = random_ref(), random_ref()

        made = await vault.mandates.make_for_giver(giver.key_ref, case(1), ref)

        assert made == await vault.find(ISSUER, LEYLA, case(1))
        assert made is not None
        assert (made.key_ref, made.role) == (ref, "applicant")
        assert await vault.mandates.is_givers(giver.key_ref, ref)
        assert not await vault.mandates.is_givers(receiver.key_ref, ref)
        assert await vault.mandates.make_for_giver(receiver.key_ref, case(2), late) is None
        await vault.shred(ISSUER, LEYLA, [giver.key_ref, ref])
        assert await vault.mandates.make_for_giver(giver.key_ref, case(2), late) is None
        assert await vault.keys_of(ISSUER, LEYLA) == []

    run(scenario)


def test_whoever_is_offered_a_mandate_finds_it_until_it_is_accepted(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        giver = await vault.make_key(ISSUER, LEYLA, MANDATE_ID, "giver")
        tag, other = vault.derive(MANDATE, b"murad"), vault.derive(MANDATE, b"nigar")
        await vault.mandates.offer(giver.key_ref, tag)
        person = vault.tag(ISSUER, MURAD)

        assert await vault.mandates.offered(MANDATE_ID, [other, tag]) == giver.key_ref
        assert await vault.mandates.offered(MANDATE_ID, [other]) is None
        assert await vault.mandates.of_person(person, [tag], NEWEST, 10) == [
            KnownMandate(MANDATE_ID, giver.key_ref, "offered")
        ]
        receiver = await vault.make_key(ISSUER, MURAD, MANDATE_ID, "receiver")
        assert await vault.mandates.of_person(person, [tag], NEWEST, 10) == [
            KnownMandate(MANDATE_ID, receiver.key_ref, "receiver")
        ]
        await vault.mandates.let_open(receiver.key_ref, giver.key_ref, MANDATE_ID)
        assert await vault.mandates.offered(MANDATE_ID, [tag]) is None
        assert await vault.mandates.of_person(vault.tag(ISSUER, LEYLA), [], NEWEST, 10) == [
            KnownMandate(MANDATE_ID, giver.key_ref, "giver")
        ]

    run(scenario)


def test_mandates_and_cases_come_newest_first_and_in_pages(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        givers = [(await given(vault, case(number)))[0] for number in (51, 52, 53)]
        for number in (1, 2, 3):
            await vault.make_key(ISSUER, LEYLA, case(number), "applicant")
        person = vault.tag(ISSUER, LEYLA)

        page = await vault.mandates.of_person(person, [], NEWEST, 2)
        rest = await vault.mandates.of_person(person, [], page[-1].mandate, 2)

        assert [each.mandate for each in (*page, *rest)] == [case(53), case(52), case(51)]
        assert await vault.mandates.cases_of_giver(givers[0].key_ref, NEWEST, 2) == [case(3), case(2)]
        assert await vault.mandates.cases_of_giver(givers[0].key_ref, case(2), 2) == [case(1)]

    run(scenario)


def test_nobody_who_has_or_had_a_part_in_a_case_or_a_mandate_of_its_applicant_may_decide_it(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
        await vault.make_key(ISSUER, LEYLA, case(2), "applicant")
        await vault.make_key(ISSUER, NIGAR, case(1), "representative")
        await vault.make_key(ISSUER, MURAD, case(1), "official")

        async def parties(number: int) -> set[str]:
            people = (LEYLA, MURAD, NIGAR)
            answers = await asyncio.gather(*(vault.is_party(ISSUER, who, case(number)) for who in people))
            return {who for who, is_one in zip(people, answers, strict=True) if is_one}

        assert (await parties(1), await parties(2)) == ({LEYLA, NIGAR}, {LEYLA})
        giver, _ = await given(vault)
        assert (await parties(1), await parties(2)) == ({LEYLA, MURAD, NIGAR}, {LEYLA, MURAD})
        await vault.mandates.end(giver.key_ref, MANDATE_ID)
        assert (await parties(1), await parties(2)) == ({LEYLA, MURAD, NIGAR}, {LEYLA, MURAD})
        await vault.shred(ISSUER, LEYLA, [giver.key_ref])
        assert (await parties(1), await parties(2)) == ({LEYLA, NIGAR}, {LEYLA})

    run(scenario)
