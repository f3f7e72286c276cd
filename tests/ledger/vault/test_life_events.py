"""The vault alone knows which cases of a person belong to one life event; it forgets that with their keys."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.postgresql.migrate import apply
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.person_key import PartOf, Party, PersonCase, PersonLifeEvent
from ledger.vault.vault import IDEMPOTENCY, LIFE_EVENT, Vault
from tests.conftest import fresh_database

ISSUER, LEYLA, MURAD = "https://id.example", "leyla-AZE1234567", "murad-AZE7654321"
MIGRATIONS = Path(__file__).parents[3] / "ledger/postgresql/migrations/vault"
MINE = "0004_life_events.sql"
# As a process of the version before asks for it.
MADE_BEFORE = """
SELECT ordinal, at_key_ref, at_wrapped, at_kek_id
  FROM vault.make_keys(%s::uuid[], %s::bytea[], %s::uuid[], %s::text[], %s::bytea[], %s)
"""


def case(number: int) -> UUID:
    return UUID(int=(0x01931F6E7A00 + number) << 80 | 7 << 76 | 2 << 62)


BIRTH, MOVE = PartOf(case(1), "birth"), PartOf(case(9), "move")


async def make(vault: Vault, subject: str, part_of: PartOf | None, *numbers: int) -> None:
    for number in numbers:
        await vault.make_key(ISSUER, subject, case(number), "applicant", part_of=part_of)


@pytest.fixture
def old_vault(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of a vault database as the version before has left it."""
    for name in fresh_database(postgres.vault_url, "template1"):
        files = [(path.name, path.read_text()) for path in sorted(MIGRATIONS.glob("*.sql")) if path.name < MINE]
        apply(postgres.vault_url("pencere_owner", name), files)
        yield name


def test_a_person_finds_their_life_events_newest_first_each_with_its_cases(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await make(vault, LEYLA, BIRTH, 3, 2)
            await make(vault, LEYLA, MOVE, 9, 8)
            await make(vault, LEYLA, None, 5)
            birth = PersonLifeEvent(BIRTH.life_event, "birth", [case(2), case(3)])
            move = PersonLifeEvent(MOVE.life_event, "move", [case(8), case(9)])

            assert await vault.life_events_of(ISSUER, LEYLA, None, 10) == [move, birth]
            assert await vault.life_events_of(ISSUER, LEYLA, None, 1) == [move]
            assert await vault.life_events_of(ISSUER, LEYLA, MOVE.life_event, 10) == [birth]
            assert await vault.life_events_of(ISSUER, LEYLA, BIRTH.life_event, 10) == []
            assert await vault.life_events_of(ISSUER, LEYLA, UUID(int=0), 10) == []
            assert await vault.life_event(ISSUER, LEYLA, BIRTH.life_event) == birth
            assert [own.case_id for own in await vault.cases_of(ISSUER, LEYLA, None, 10)] == [
                case(number) for number in (9, 8, 5, 3, 2)
            ]

    asyncio.run(scenario())


def test_nobody_else_finds_a_life_event(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await make(vault, LEYLA, BIRTH, 2)
            others = [(ISSUER, MURAD), ("https://other.example", LEYLA)]
            for other in others:
                assert await vault.life_event(*other, BIRTH.life_event) is None
                assert await vault.life_events_of(*other, None, 10) == []
            for unknown in (MOVE.life_event, UUID(int=0), UUID(int=(1 << 128) - 1)):
                assert await vault.life_event(ISSUER, LEYLA, unknown) is None

    asyncio.run(scenario())


def test_many_ask_at_once_and_each_gets_their_own(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            people = [f"person-{number}" for number in range(30)]
            await asyncio.gather(*(make(vault, one, PartOf(case(n), "birth"), n) for n, one in enumerate(people)))
            found = await asyncio.gather(*(vault.life_events_of(ISSUER, one, None, 5) for one in people))

            assert found == [[PersonLifeEvent(case(n), "birth", [case(n)])] for n in range(30)]

    asyncio.run(scenario())


def test_a_key_that_is_there_already_stays_what_it_was(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            first = await vault.make_key(ISSUER, LEYLA, case(1), "applicant")
            again = await vault.make_key(ISSUER, LEYLA, case(1), "applicant", part_of=BIRTH)

            assert again == first
            assert await vault.life_event(ISSUER, LEYLA, BIRTH.life_event) is None

    asyncio.run(scenario())


def test_destroying_the_keys_forgets_what_belonged_together(vault_url: str, owner_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            await make(vault, LEYLA, BIRTH, 2, 3)
            held = await vault.keys_of(ISSUER, LEYLA)
            await vault.shred(ISSUER, LEYLA, [own.key_ref for own in held])

            assert await vault.life_events_of(ISSUER, LEYLA, None, 10) == []
            assert await vault.life_event(ISSUER, LEYLA, BIRTH.life_event) is None

    asyncio.run(scenario())
    with psycopg.connect(owner_url) as owner:
        tables = owner.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'vault'"
        ).fetchall()
        assert ("vault.keys",) in tables
        for (table,) in tables:
            rows = owner.execute(f"SELECT t::text FROM {table} AS t".encode()).fetchall()
            assert not any(str(BIRTH.life_event) in row or "birth" in row for (row,) in rows)


@pytest.mark.parametrize(
    "values",
    [
        "'official', NULL, NULL, gen_random_uuid(), 'birth'",
        "'applicant', 'x', 'kek', gen_random_uuid(), NULL",
        "'applicant', 'x', 'kek', NULL, 'birth'",
    ],
)
def test_a_life_event_is_an_applicants_and_has_a_service(vault_url: str, values: str) -> None:
    insert = f"""
    INSERT INTO vault.keys (key_ref, person_tag, case_id, role, wrapped, kek_id, life_event, life_event_service)
    SELECT gen_random_uuid(), sha256('x'), gen_random_uuid(), {values}
    """
    with psycopg.connect(vault_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(insert.encode())


def test_life_events_have_a_secret_of_their_own(vault_url: str, key_file: Path) -> None:
    async def scenario() -> tuple[bytes, bytes]:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            return vault.derive(LIFE_EVENT, b"a"), vault.derive(IDEMPOTENCY, b"a")

    one, other = asyncio.run(scenario())
    assert one != other
    assert asyncio.run(scenario()) == (one, other)


def test_an_old_vault_keeps_its_keys_and_gets_life_events(
    postgres: EmbeddedPostgres, old_vault: str, key_file: Path
) -> None:
    owner_url = postgres.vault_url("pencere_owner", old_vault)
    with psycopg.connect(owner_url) as owner:
        stored = ([case(7)], [b"t" * 32], [case(8)], ["official"], [b""], "kek")
        assert owner.execute(MADE_BEFORE.encode(), stored).fetchall() == [(1, case(7), None, None)]
    files = [(path.name, path.read_text()) for path in sorted(MIGRATIONS.glob("*.sql"))]
    assert apply(owner_url, files) == [name for name, _ in files if name >= MINE]

    async def scenario() -> None:
        async with Vault(postgres.vault_url("pencere_vault", old_vault), FileKeyEncryption(key_file)) as vault:
            [key] = await vault.make_keys([Party(ISSUER, LEYLA, case(1), "applicant")])
            await make(vault, LEYLA, BIRTH, 2)
            assert await vault.keys_of(ISSUER, LEYLA) == [
                PersonCase(case(1), key.key_ref, "applicant"),
                PersonCase(case(2), (await vault.keys_of(ISSUER, LEYLA))[1].key_ref, "applicant"),
            ]
            assert await vault.life_events_of(ISSUER, LEYLA, None, 10) == [
                PersonLifeEvent(BIRTH.life_event, "birth", [case(2)])
            ]

    asyncio.run(scenario())
    with psycopg.connect(owner_url) as owner:
        assert owner.execute("SELECT role FROM vault.keys WHERE key_ref = %s", [case(7)]).fetchall() == [("official",)]


def test_a_process_of_the_version_before_goes_on_beside_this_one(vault_url: str, key_file: Path) -> None:
    async def scenario() -> None:
        async with Vault(vault_url, FileKeyEncryption(key_file)) as vault:
            tag = vault.tag(ISSUER, LEYLA)
            with psycopg.connect(vault_url) as process:
                stored = ([case(7)], [tag], [case(8)], ["applicant"], [b"wrapped"], "kek")
                assert process.execute(MADE_BEFORE.encode(), stored).fetchall() == [(1, case(7), None, None)]
                again = ([case(6)], [tag], [case(8)], ["applicant"], [b"other"], "kek")
                assert process.execute(MADE_BEFORE.encode(), again).fetchall() == [(1, case(7), b"wrapped", "kek")]
            assert await vault.keys_of(ISSUER, LEYLA) == [PersonCase(case(8), case(7), "applicant")]
            assert await vault.life_events_of(ISSUER, LEYLA, None, 10) == []

    asyncio.run(scenario())
