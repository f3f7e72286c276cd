"""Auditors who open identities: pseudonyms of that opening, and hashes that show two logins to be one person's."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid5

import pytest

from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.person_key import PersonCase, random_ref
from ledger.vault.vault import CONFLICT, Vault
from tests.ledger.vault.test_vault import ISSUER, LEYLA, MURAD, case

OPENING, OTHER = (uuid5(case(1), f"opening/{number}") for number in (1, 2))
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


def test_an_auditor_has_a_pseudonym_in_each_opening_and_nothing_else(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        first, again = [await vault.make_key(ISSUER, MURAD, OPENING, "auditor") for _ in range(2)]
        other = await vault.make_key(ISSUER, MURAD, OTHER, "auditor")

        assert first == again
        assert first.dek is None
        assert other.key_ref != first.key_ref
        assert await vault.find(ISSUER, MURAD, OPENING) is None
        assert await vault.cases_of(ISSUER, MURAD, None, 10) == []
        assert PersonCase(OPENING, first.key_ref, "auditor") in await vault.keys_of(ISSUER, MURAD)

    run(scenario)


def test_two_keys_share_an_identifier_until_one_is_destroyed(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        tag, other = vault.derive(CONFLICT, b"number", b"1"), vault.derive(CONFLICT, b"number", b"2")
        first = await vault.make_key(ISSUER, MURAD, OPENING, "auditor")
        await vault.seats.identify(first.key_ref, [tag])

        assert await vault.seats.shares_identifier(first.key_ref, [other, tag]) is True
        assert await vault.seats.shares_identifier(first.key_ref, [other]) is False
        assert await vault.seats.shares_identifier(first.key_ref, []) is False
        assert await vault.seats.shares_identifier(random_ref(), [tag]) is None
        await vault.shred(ISSUER, MURAD, [first.key_ref])
        assert await vault.seats.shares_identifier(first.key_ref, [tag]) is None

    run(scenario)


def test_an_identifier_is_the_applicants_of_that_case_only(run: Run) -> None:
    async def scenario(vault: Vault) -> None:
        tag, other = vault.derive(CONFLICT, b"number", b"1"), vault.derive(CONFLICT, b"number", b"2")
        own = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
        auditor = await vault.make_key(ISSUER, MURAD, case(1), "auditor")
        await vault.seats.identify(own.key_ref, [tag])
        await vault.seats.identify(auditor.key_ref, [other])

        assert await vault.seats.is_applicants(case(1), [tag])
        assert not await vault.seats.is_applicants(case(1), [other])
        assert not await vault.seats.is_applicants(case(1), [])
        assert not await vault.seats.is_applicants(case(2), [tag])

    run(scenario)
