"""The vault: a key per person and case, durable, unlinkable, and gone when shredded."""

import asyncio
import logging
import os
import traceback
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql.kinds import VAULT
from ledger.postgresql.line import Line
from ledger.vault.key_encryption import FileKeyEncryption, KekUnknownError, KeyBrokenError
from ledger.vault.person_key import CaseKey, Party, PersonCase
from ledger.vault.seal import SealBrokenError, open_sealed, seal_fields
from ledger.vault.vault import IDEMPOTENCY, IMPORT, Vault, VaultUnavailableError

ISSUER, LEYLA, MURAD = "https://id.example", "leyla-AZE1234567", "murad-AZE7654321"


def case(number: int) -> UUID:
    """Return a case id; a higher number is a newer case."""
    return UUID(int=(0x01931F6E7A00 + number) << 80 | 7 << 76 | 2 << 62)


def test_a_key_is_made_once_and_found_again(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            key = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            assert key.role == "applicant"
            assert len(key.dek or b"") == 32
            assert await vault.make_key(ISSUER, LEYLA, case(1), "applicant") == key
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            assert await vault.find(ISSUER, LEYLA, case(1)) == key
            assert await vault.open_keys([key.key_ref]) == {key.key_ref: key.dek}

    asyncio.run(scenario())


def test_whoever_has_no_part_in_the_case_finds_nothing(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            assert await vault.find(ISSUER, MURAD, case(1)) is None
            assert await vault.find(ISSUER, LEYLA, case(2)) is None
            assert await vault.find("https://other.example", LEYLA, case(1)) is None

    asyncio.run(scenario())


def test_an_official_is_never_taken_for_the_applicant(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            official = await vault.make_key(ISSUER, MURAD, case(1), "official")
            assert official.dek is None
            assert await vault.find(ISSUER, MURAD, case(1)) is None
            assert await vault.find(ISSUER, MURAD, case(1), "official") == official
            assert await vault.make_key(ISSUER, MURAD, case(1), "official") == official
            assert await vault.open_keys([official.key_ref]) == {}
            assert await vault.cases_of(ISSUER, MURAD, None, 10) == []

    asyncio.run(scenario())


def test_many_keys_are_made_at_once_in_order(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            parties = [Party(ISSUER, LEYLA, case(number), "applicant") for number in range(1, 2501)]
            keys = await vault.make_keys([*parties, parties[0]])
            assert len({key.key_ref for key in keys}) == 2500
            assert keys[-1] == keys[0]
            assert await vault.make_keys(parties) == keys[:-1]
            assert vault._writes.sent == 6
            assert await vault.find(ISSUER, LEYLA, case(2500)) == keys[2499]
            assert await vault.make_keys([]) == []

    asyncio.run(scenario())


def test_concurrent_callers_share_a_statement(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            made = await asyncio.gather(*(vault.make_key(ISSUER, LEYLA, case(n), "applicant") for n in range(1, 33)))
            found = await asyncio.gather(*(vault.find(ISSUER, LEYLA, case(n)) for n in range(1, 33)))
            opened = await asyncio.gather(*(vault.open_keys([key.key_ref]) for key in made))
            assert found == made
            assert opened == [{key.key_ref: key.dek} for key in made]
            assert (vault._writes.sent, vault._reads.sent) == (1, 2)

    asyncio.run(scenario())


def test_processes_that_want_the_same_keys_get_the_same_keys(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with (
            Vault(vault_url, FileKeyEncryption(key_file)) as one,
            Vault(vault_url, FileKeyEncryption(key_file)) as other,
        ):
            parties = [Party(ISSUER, LEYLA, case(number), "applicant") for number in range(1, 400)]
            forth, back = await asyncio.gather(one.make_keys(parties), other.make_keys(parties[::-1]))
            assert forth == back[::-1]

    asyncio.run(scenario())


def test_the_secrets_are_shared_by_all_processes(vault_url: str, key_file: Path) -> None:
    async def start() -> tuple[bytes, bytes, bytes]:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            tag = vault.tag(ISSUER, LEYLA)
            return tag, vault.derive(IDEMPOTENCY, b"scope", b"key"), vault.derive(IMPORT, b"scope", b"key")

    async def scenario() -> None:
        first, *others = await asyncio.gather(*(start() for _ in range(6)))
        assert set(others) == {first}
        assert len(set(first)) == 3

    asyncio.run(scenario())


def test_a_derived_hash_depends_on_where_the_parts_part(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            assert vault.derive(IMPORT, b"ab", b"c") != vault.derive(IMPORT, b"a", b"bc")
            assert vault.tag("a", "bc") != vault.tag("ab", "c")
            with pytest.raises(ValueError, match="zero byte"):
                vault.tag("a\0b", "c")
            with pytest.raises(ValueError, match="tags"):
                vault.derive("person-tag", b"")

    asyncio.run(scenario())


def test_my_cases_come_newest_first_in_pages(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            keys = await vault.make_keys([Party(ISSUER, LEYLA, case(n), "applicant") for n in range(1, 6)])
            await vault.make_key(ISSUER, LEYLA, case(3), "representative")
            await vault.make_key(ISSUER, LEYLA, case(6), "representative")
            await vault.make_key(ISSUER, MURAD, case(7), "applicant")
            first = await vault.cases_of(ISSUER, LEYLA, None, 4)
            rest = await vault.cases_of(ISSUER, LEYLA, first[-1].case_id, 4)
            assert [mine.case_id for mine in first] == [case(6), case(5), case(4), case(3)]
            assert first[-1] == PersonCase(case(3), keys[2].key_ref, "applicant")
            assert [mine.case_id for mine in rest] == [case(2), case(1)]

    asyncio.run(scenario())


def test_a_shredded_person_is_gone(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with (
            Vault(vault_url, FileKeyEncryption(key_file)) as vault,
            Vault(vault_url, FileKeyEncryption(key_file)) as other,
        ):
            own = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            as_official = await vault.make_key(ISSUER, LEYLA, case(2), "official")
            foreign = await vault.make_key(ISSUER, MURAD, case(1), "representative")
            sealed = seal_fields({"reason": "private"}, own, case(1), 1)
            held = [PersonCase(case(1), own.key_ref, "applicant"), PersonCase(case(2), as_official.key_ref, "official")]
            assert await vault.keys_of(ISSUER, LEYLA) == held
            assert await other.open_keys([own.key_ref]) == {own.key_ref: own.dek}

            refs = [each.key_ref for each in held]
            await vault.shred(ISSUER, LEYLA, [*refs, foreign.key_ref])

            for reader in (vault, other):
                assert await reader.find(ISSUER, LEYLA, case(1)) is None
                assert await reader.cases_of(ISSUER, LEYLA, None, 10) == []
                deks = await reader.open_keys([own.key_ref, foreign.key_ref])
                assert deks == {foreign.key_ref: foreign.dek}
                assert open_sealed(sealed, deks, case(1), 1).erased == ("reason",)
            await vault.shred(ISSUER, LEYLA, refs)
            assert await vault.keys_of(ISSUER, LEYLA) == []
            again = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            assert again.key_ref != own.key_ref
            with pytest.raises(SealBrokenError):
                open_sealed(sealed, {own.key_ref: again.dek or b""}, case(1), 1)

    asyncio.run(scenario())

    with psycopg.connect(owner_url) as owner:
        [[runs]] = owner.execute("SELECT vacuum_count FROM pg_stat_all_tables WHERE relname = 'keys'").fetchall()
    assert runs == 2


def test_two_cases_of_a_person_share_nothing_but_the_tag(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> list[CaseKey]:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            return await vault.make_keys([Party(ISSUER, LEYLA, case(number), "applicant") for number in (1, 2)])

    one, two = asyncio.run(scenario())

    assert one.dek != two.dek
    with psycopg.connect(owner_url) as owner:
        rows = owner.execute("SELECT key_ref, case_id, wrapped, person_tag FROM vault.keys").fetchall()
        everything = owner.execute(
            "SELECT string_agg(k::text, '') || (SELECT string_agg(s::text, '') FROM vault.secrets s) FROM vault.keys k"
        ).fetchall()[0][0]
    assert set(rows[0]) & set(rows[1]) == {rows[0][3]}
    assert not any(known in everything for known in (LEYLA, LEYLA.encode().hex(), ISSUER, one.dek.hex()))  # type: ignore[union-attr]


def test_a_swapped_key_is_refused(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            one = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            two = await vault.make_key(ISSUER, MURAD, case(1), "representative")
            three = await vault.make_key(ISSUER, MURAD, case(3), "applicant")
            with psycopg.connect(owner_url, autocommit=True) as owner:
                wrapped = "(SELECT wrapped FROM vault.keys WHERE key_ref = %s)"
                update = f"UPDATE vault.keys SET wrapped = {wrapped} WHERE key_ref = %s"
                owner.execute(update.encode(), [two.key_ref, one.key_ref])
            outcomes = await asyncio.gather(
                vault.open_keys([one.key_ref]),
                vault.open_keys([three.key_ref]),
                vault.find(ISSUER, LEYLA, case(1)),
                vault.make_key(ISSUER, LEYLA, case(1), "applicant"),
                vault.make_key(ISSUER, LEYLA, case(9), "applicant"),
                return_exceptions=True,
            )
            assert [type(outcome) for outcome in outcomes] == [
                KeyBrokenError,
                dict,
                KeyBrokenError,
                KeyBrokenError,
                CaseKey,
            ]

    asyncio.run(scenario())


def test_a_vault_without_its_key_file_does_not_start(vault_url: str, key_file: Path) -> None:
    async def start(path: Path) -> None:
        async with Vault(vault_url, FileKeyEncryption(path)):
            pass

    asyncio.run(start(key_file))

    with pytest.raises(KekUnknownError):
        asyncio.run(start(key_file.with_name("other.json")))
    assert not key_file.with_name("other.json").exists()


def test_a_lost_connection_loses_no_key(
    postgres: EmbeddedPostgres, vault_url: str, vault_database: str, key_file: Path
) -> None:
    async def scenario() -> None:
        admin = await psycopg.AsyncConnection.connect(postgres.vault_url(ADMIN, vault_database), autocommit=True)
        async with admin, Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            made: list[CaseKey] = []

            forty_more = asyncio.Event()

            async def write(lane: int) -> None:
                for number in range(60):
                    made.append(await vault.make_key(ISSUER, LEYLA, case(lane * 1000 + number), "applicant"))
                    if len(made) % 40 == 0:
                        forty_more.set()
                    await vault.find(ISSUER, LEYLA, case(lane * 1000))

            writers = [asyncio.create_task(write(lane)) for lane in range(8)]
            while len(made) < 480:
                await forty_more.wait()
                forty_more.clear()
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await asyncio.gather(*writers)
            assert len(made) == 480
            assert await vault.open_keys([key.key_ref for key in made]) == {key.key_ref: key.dek for key in made}
            assert len(await vault.keys_of(ISSUER, LEYLA)) == 480

    asyncio.run(scenario())


def test_a_key_whose_end_was_not_told_is_not_shredded(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            told = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            made_meanwhile = await vault.make_key(ISSUER, LEYLA, case(2), "applicant")
            await vault.shred(ISSUER, LEYLA, [told.key_ref])

            assert [held.key_ref for held in await vault.keys_of(ISSUER, LEYLA)] == [made_meanwhile.key_ref]

    asyncio.run(scenario())


def test_a_database_that_stays_away_is_said_and_names_nobody(
    vault_url: str, key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario() -> str:
        async with Vault(vault_url, FileKeyEncryption(key_file), patience=0.1) as vault:
            for line in (vault._reads, vault._writes, vault.upkeep):
                await line.close()
                line._line = Line("host=/nonexistent user=pencere_vault", VAULT)
            with pytest.raises(VaultUnavailableError):
                await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            with pytest.raises(VaultUnavailableError):
                await vault.shred(ISSUER, LEYLA, [case(1)])
            with pytest.raises(VaultUnavailableError) as refused:
                await vault.find(ISSUER, LEYLA, case(1))
            return "".join(traceback.format_exception(refused.value))

    said = asyncio.run(scenario()) + caplog.text + repr(Party(ISSUER, LEYLA, case(1), "applicant"))

    assert LEYLA not in said
    assert os.environ.get("PGPASSWORD", "password=") not in said
