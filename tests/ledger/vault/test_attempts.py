"""An official tries for a case under a key of this attempt alone, and never for more cases than the limit allows."""

import asyncio
from pathlib import Path
from uuid import UUID

import psycopg

from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Attempt, Vault

ISSUER, MURAD = "issuer", "official-murad"
AGED = "UPDATE vault.keys SET created_at = created_at - interval '3 minutes'"


def case(number: int) -> UUID:
    return UUID(int=number << 80)


def test_one_attempt_at_a_case_is_under_way_for_each_official(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            made = await vault.try_for_case(ISSUER, MURAD, case(1), [], 20)
            beside = await vault.try_for_case(ISSUER, MURAD, case(1), [], 20)
            somebody_else = await vault.try_for_case(ISSUER, "other", case(1), [], 20)
            with psycopg.connect(owner_url, autocommit=True) as owner:
                owner.execute(AGED)
            later = await vault.try_for_case(ISSUER, MURAD, case(1), [], 20)

            assert (made.verdict, somebody_else.verdict) == ("made", "made")
            assert beside == Attempt("tried", None)
            assert later == Attempt("found", made.key_ref)

    asyncio.run(scenario())


def test_a_lost_attempt_leaves_no_key_unless_it_may_have_been_found_by_another(
    vault_url: str, owner_url: str, key_file: Path
) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            lost, old = [await vault.try_for_case(ISSUER, MURAD, case(number), [], 20) for number in (1, 2)]
            assert lost.key_ref is not None
            assert old.key_ref is not None
            await vault.drop_tried(lost.key_ref)
            with psycopg.connect(owner_url, autocommit=True) as owner:
                owner.execute(AGED)
            await vault.drop_tried(old.key_ref)

            assert [held.key_ref for held in await vault.keys_of(ISSUER, MURAD)] == [old.key_ref]

    asyncio.run(scenario())


def test_many_attempts_at_once_from_several_processes_never_pass_the_limit(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with (
            Vault(vault_url, FileKeyEncryption(key_file)) as one,
            Vault(vault_url, FileKeyEncryption(key_file)) as other,
        ):
            idle = (await one.make_key(ISSUER, MURAD, case(1000), "official")).key_ref
            tried = await asyncio.gather(
                *(
                    vault.try_for_case(ISSUER, MURAD, case(number), [idle], 7)
                    for number in range(1, 51)
                    for vault in (one, other)
                )
            )
            verdicts = [each.verdict for each in tried]

            assert (verdicts.count("made"), verdicts.count("found")) == (7, 0)
            assert len(await one.keys_of(ISSUER, MURAD)) == 8

    asyncio.run(scenario())
