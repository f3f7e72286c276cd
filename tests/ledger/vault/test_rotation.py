"""A rotation of the key-encryption key loses nothing, whenever it is interrupted and whoever writes meanwhile."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args
from uuid import UUID

import psycopg
import pytest

from ledger.vault.key_encryption import (
    FileKeyEncryption,
    KekUnknownError,
    KeyBrokenError,
    KeyEncryptionError,
    PlainKey,
    WrappedKey,
)
from ledger.vault.person_key import CaseKey, Party
from ledger.vault.rotation import Point, rotate
from ledger.vault.vault import IDEMPOTENCY, Vault

ROOT = Path(__file__).parents[3]
ROTATE_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.rotation import rotate
from ledger.vault.vault import Vault

def die(point, count):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with Vault(os.environ["VAULT_URL"], FileKeyEncryption(Path(sys.argv[1]))) as vault:
        await rotate(vault, die)

asyncio.run(main())
"""


def case(number: int) -> UUID:
    return UUID(int=number << 80)


async def some_keys(vault: Vault, first: int, count: int) -> dict[UUID, CaseKey]:
    keys = await vault.make_keys([Party("i", "s", case(n), "applicant") for n in range(first, first + count)])
    return {case(first + n): key for n, key in enumerate(keys)}


async def assert_all_open(vault: Vault, keys: dict[UUID, CaseKey]) -> None:
    opened = await vault.open_keys([key.key_ref for key in keys.values()])
    assert opened == {key.key_ref: key.dek for key in keys.values()}


def kek_ids(key_file: Path) -> set[str]:
    return set(json.loads(key_file.read_text())["keys"])


def test_all_keys_and_secrets_survive_and_old_backups_die(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            keys = await some_keys(vault, 1, 1200)
            official = await vault.make_key("i", "o", case(1), "official")
            tag, derived = vault.tag("i", "s"), vault.derive(IDEMPOTENCY, b"x")
            with psycopg.connect(owner_url) as owner:
                backup = owner.execute("SELECT key_ref, kek_id, wrapped FROM vault.keys WHERE wrapped <> ''").fetchall()
            before = kek_ids(key_file)

            assert await rotate(vault) == 1200

            await assert_all_open(vault, keys)
            assert await vault.find("i", "o", case(1), "official") == official
            assert kek_ids(key_file).isdisjoint(before)
            stored = [WrappedKey(key_ref.bytes, kek_id, wrapped) for key_ref, kek_id, wrapped in backup]
            outcomes = await FileKeyEncryption(key_file).unwrap(stored)
            assert {type(outcome) for outcome in outcomes} == {KekUnknownError}
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            assert (vault.tag("i", "s"), vault.derive(IDEMPOTENCY, b"x")) == (tag, derived)
            assert await rotate(vault) == 1200
            await assert_all_open(vault, keys)

    asyncio.run(scenario())


@pytest.mark.parametrize("point", get_args(Point))
def test_a_rotation_killed_anywhere_is_completed_by_the_next(vault_url: str, key_file: Path, point: str) -> None:
    async def fill() -> dict[UUID, CaseKey]:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            return await some_keys(vault, 1, 600)

    async def resume(keys: dict[UUID, CaseKey]) -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await assert_all_open(vault, keys)
            more = await some_keys(vault, 1000, 10)
            assert await vault.find("i", "s", case(1)) == keys[case(1)]
            await rotate(vault)
            await assert_all_open(vault, keys | more)

    keys = asyncio.run(fill())
    before = kek_ids(key_file)
    killed = subprocess.run(
        [sys.executable, "-c", ROTATE_AND_DIE, str(key_file), point],
        env={**os.environ, "VAULT_URL": vault_url, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    in_between = kek_ids(key_file)
    asyncio.run(resume(keys))
    after = kek_ids(key_file)

    assert killed.returncode == -9
    assert before.isdisjoint(after)
    assert len(after) == 1
    assert point == "dropped" or after < in_between


def test_nothing_that_is_written_during_rotations_is_lost(vault_url: str, key_file: Path) -> None:
    async def write(lane: int, finished: asyncio.Event) -> dict[UUID, CaseKey]:
        keys: dict[UUID, CaseKey] = {}
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            while not finished.is_set():
                keys |= await some_keys(vault, lane * 100_000 + len(keys), 3)
                newest = next(reversed(keys))
                assert await vault.find("i", "s", newest) == keys[newest]
                await assert_all_open(vault, keys)
        return keys

    async def scenario() -> None:
        finished = asyncio.Event()
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            writers = [asyncio.create_task(write(lane, finished)) for lane in range(1, 5)]
            for _ in range(6):
                await rotate(vault)
                await some_keys(vault, 1, 700)
            # Two rotations at the same time are one.
            await asyncio.gather(rotate(vault), rotate(vault))
            finished.set()
            for keys in await asyncio.gather(*writers):
                await assert_all_open(vault, keys)
            assert len(kek_ids(key_file)) == 1

    asyncio.run(scenario())


class Slow(FileKeyEncryption):
    """Pauses after it has wrapped a key, or before it unwraps one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def wrap(self, keys: Sequence[PlainKey]) -> tuple[str, list[bytes]]:
        wrapped = await super().wrap(keys)
        self.reached.set()
        await self.go_on.wait()
        return wrapped

    async def unwrap(self, keys: Sequence[WrappedKey]) -> list[bytes | KeyEncryptionError]:
        self.reached.set()
        await self.go_on.wait()
        return await super().unwrap(keys)


def test_a_key_that_was_wrapped_before_a_rotation_and_stored_after_it_opens(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        slow = Slow(key_file)
        async with Vault(vault_url, slow) as vault, Vault(vault_url, FileKeyEncryption(key_file)) as other:
            slow.reached.clear()
            slow.go_on.clear()
            making = asyncio.create_task(vault.make_key("i", "s", case(1), "applicant"))
            await slow.reached.wait()
            await rotate(other)
            slow.go_on.set()
            key = await making
            assert await other.find("i", "s", case(1)) == key
            assert vault._writes.sent == 2

    asyncio.run(scenario())


def test_a_key_that_was_read_before_a_rotation_and_unwrapped_after_it_opens(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        slow = Slow(key_file)
        async with Vault(vault_url, slow) as vault, Vault(vault_url, FileKeyEncryption(key_file)) as other:
            key = await other.make_key("i", "s", case(1), "applicant")
            slow.reached.clear()
            slow.go_on.clear()
            finding = asyncio.create_task(vault.find("i", "s", case(1)))
            opening = asyncio.create_task(vault.open_keys([key.key_ref]))
            await slow.reached.wait()
            await rotate(other)
            slow.go_on.set()
            assert await finding == key
            assert await opening == {key.key_ref: key.dek}
            assert vault._reads.sent > 2

    asyncio.run(scenario())


def test_a_broken_key_keeps_the_old_key_encryption_key(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            keys = await some_keys(vault, 1, 3)
            broken = keys.pop(case(2)).key_ref
            with psycopg.connect(owner_url, autocommit=True) as owner:
                owner.execute("UPDATE vault.keys SET wrapped = sha512(wrapped) WHERE key_ref = %s", [broken])
            with pytest.raises(KeyBrokenError):
                await rotate(vault)
            assert len(kek_ids(key_file)) == 2
            await assert_all_open(vault, keys)

    asyncio.run(scenario())


def test_a_shred_during_a_rotation_stays_a_shred(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await some_keys(vault, 1, 1500)
            await vault.make_key("i", "other", case(1), "applicant")
            told = [held.key_ref for held in await vault.keys_of("i", "s")]
            await asyncio.gather(rotate(vault), vault.shred("i", "s", told))
            assert await vault.keys_of("i", "s") == []
            assert await vault.find("i", "other", case(1)) is not None

    asyncio.run(scenario())
