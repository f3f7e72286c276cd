"""The sweep deletes old keys without a case, and no others."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.person_key import Party, Role
from ledger.vault.sweep import sweep
from ledger.vault.vault import Vault


def test_only_old_keys_without_a_case_are_swept(vault_url: str, owner_url: str, key_file: Path) -> None:
    cases = [UUID(int=number << 80) for number in range(1, 1301)]
    young, without_case, kept = cases[0], set(cases[1:200]), set(cases[200:])
    asked: list[int] = []

    async def exists(case_ids: Sequence[UUID]) -> set[UUID]:
        asked.append(len(case_ids))
        return kept & set(case_ids)

    async def prevented(case_ids: Sequence[UUID]) -> set[UUID]:
        return set(case_ids)

    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await vault.make_keys([Party("i", "s", case_id, "applicant") for case_id in cases])
            with psycopg.connect(owner_url, autocommit=True) as owner:
                age = "UPDATE vault.keys SET created_at = now() - interval '61 minutes' WHERE case_id <> %s"
                owner.execute(age, [young])
            assert await sweep(vault, exists, prevented) == len(without_case)
            left = {held.case_id for held in await vault.keys_of("i", "s")}
            assert left == kept | {young}
            assert await sweep(vault, exists, prevented) == 0

    asyncio.run(scenario())

    assert asked == [1000, 299, 1000, 100]


def test_a_key_that_seals_stays_until_its_case_can_never_come(vault_url: str, key_file: Path) -> None:
    async def none_of(_: Sequence[UUID]) -> set[UUID]:
        return set()

    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            roles: tuple[Role, ...] = ("applicant", "representative", "official", "reader")
            await vault.make_keys([Party("i", "s", UUID(int=n << 80), role) for n, role in enumerate(roles, start=1)])
            swept = await sweep(vault, none_of, none_of, timedelta())
            left = {held.role for held in await vault.keys_of("i", "s")}

            assert (swept, left) == (2, {"applicant", "representative"})

    asyncio.run(scenario())
