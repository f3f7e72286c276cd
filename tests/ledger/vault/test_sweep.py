"""The sweep takes old keys without a case, and no others."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import psycopg

from ledger.case_key import Party
from ledger.key_encryption import FileKeyEncryption
from ledger.sweep import sweep
from ledger.vault import Vault


def test_only_old_keys_without_a_case_are_swept(vault_url: str, owner_url: str, key_file: Path) -> None:
    cases = [UUID(int=number << 80) for number in range(1, 1301)]
    young, without_case, kept = cases[0], set(cases[1:200]), set(cases[200:])
    asked: list[int] = []

    async def exists(case_ids: Sequence[UUID]) -> set[UUID]:
        asked.append(len(case_ids))
        return kept & set(case_ids)

    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await vault.make_keys([Party("i", "s", case_id, "applicant") for case_id in cases])
            with psycopg.connect(owner_url, autocommit=True) as owner:
                age = "UPDATE vault.keys SET created_at = now() - interval '61 minutes' WHERE case_id <> %s"
                owner.execute(age, [young])
            assert await sweep(vault, exists) == len(without_case)
            left = {held.case_id for held in await vault.keys_of("i", "s")}
            assert left == kept | {young}
            assert await sweep(vault, exists) == 0

    asyncio.run(scenario())

    assert asked == [1000, 299, 1000, 100]
