"""No role of the application can change the ledger. This lists what each role may do; everything else is refused."""

import asyncio
from collections.abc import Iterator, Mapping

import psycopg
import pytest

from ledger.embedded.postgres import LEDGER_DATABASE, EmbeddedPostgres
from ledger.store.ledger import Ledger
from tests.api.running import fresh_databases
from tests.ledger.samples import new_event, new_key, new_stream

WRITER, PROJECTOR, READER = ROLES = ("pencere_writer", "pencere_projector", "pencere_reader")
PROTECTED = ("ledger.events", "ledger.head")

NOTHING = "'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'"
MAY = {
    "SELECT * FROM ledger.events": ROLES,
    "SELECT * FROM ledger.head": ROLES,
    "SELECT * FROM ledger.idempotency_keys": (WRITER,),
    f"SELECT * FROM ledger.append({NOTHING}, '{{}}', '{{}}', '{{}}')": (WRITER,),
    "SELECT ledger.expire_idempotency_keys(0)": (WRITER,),
    "SELECT ledger.position_at(0)": ROLES,
}
MAY_NOT = (
    "INSERT INTO {} SELECT * FROM {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "SELECT * FROM {} FOR UPDATE",
    "SELECT * FROM {} FOR KEY SHARE",
    "LOCK TABLE {} IN ROW EXCLUSIVE MODE",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "CLUSTER {}",
    "REINDEX TABLE {}",
    "ALTER TABLE {} ADD COLUMN more int",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} OWNER TO CURRENT_USER",
    "DROP TABLE {}",
    "CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE forge AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE INDEX ON {} (position)",
    "COMMENT ON TABLE {} IS 'forged'",
    "COPY {} FROM PROGRAM 'true'",
)
MAY_NOT_AT_ALL = (
    "UPDATE ledger.events SET open = open",
    "UPDATE ledger.head SET position = position",
    "UPDATE ledger.idempotency_keys SET position = position",
    "DELETE FROM ledger.idempotency_keys",
    f"SELECT ledger.judge({NOTHING})",
    "ALTER FUNCTION ledger.append OWNER TO CURRENT_USER",
    "DROP FUNCTION ledger.append",
    "CREATE TABLE ledger.more (one int)",
    "CREATE TABLE public.more (one int)",
    "CREATE SCHEMA more",
    "ALTER SCHEMA ledger RENAME TO forged",
    "DROP SCHEMA ledger CASCADE",
    "SET ROLE pencere_owner",
    "SET SESSION AUTHORIZATION pencere_owner",
    "SET session_replication_role = replica",
    "SELECT * FROM migrations.applied",
)
# PostgreSQL warns and leaves these undone.
LEFT_UNDONE = ("VACUUM FULL {}", "VACUUM {}", "ANALYZE {}", "GRANT ALL ON {} TO PUBLIC")
AS_IT_IS = "SELECT relfilenode, relacl, relpages, reltuples FROM pg_class WHERE oid = to_regclass(%s)"
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
HELD = """
SELECT c.relname, p FROM pg_class c CROSS JOIN unnest(%s::text[]) AS p
 WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r' AND has_table_privilege(%s, c.oid, p)
"""


@pytest.fixture(scope="module")
def urls(postgres: EmbeddedPostgres) -> Iterator[Mapping[str, str]]:
    """The URLs of all roles for one ledger with an event and an idempotency key."""
    with fresh_databases(postgres, "roles") as where:

        async def append() -> None:
            async with Ledger(where.writer) as ledger:
                assert (await ledger.append([new_event(new_stream(), 1)], key=new_key())).position == 1

        asyncio.run(append())
        yield {WRITER: where.writer, PROJECTOR: where.projector, READER: where.reader}


def test_the_writer_appends_through_the_function(urls: Mapping[str, str]) -> None:
    async def scenario() -> tuple[int, int]:
        async with Ledger(urls[WRITER]) as ledger:
            before = await ledger.head()
            return before, (await ledger.append([new_event(new_stream(), 1)])).position

    before, position = asyncio.run(scenario())

    assert position == before + 1


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", MAY)
def test_a_role_may_do_what_it_needs_and_only_that(urls: Mapping[str, str], role: str, statement: str) -> None:
    with psycopg.connect(urls[role]) as connection:
        if role in MAY[statement]:
            assert connection.execute(statement.encode()).fetchall()
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement", [*(form.format(table, table) for form in MAY_NOT for table in PROTECTED), *MAY_NOT_AT_ALL]
)
def test_nobody_changes_the_log(urls: Mapping[str, str], role: str, statement: str) -> None:
    with psycopg.connect(urls[role]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", PROTECTED)
@pytest.mark.parametrize("form", LEFT_UNDONE)
def test_what_postgresql_only_warns_of_is_left_undone(
    urls: Mapping[str, str], role: str, table: str, form: str
) -> None:
    notices: list[str] = []
    with psycopg.connect(urls[role], autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: notices.append(f"{notice.severity} {notice.message_primary}"))
        before = connection.execute(AS_IT_IS, [table]).fetchall()
        connection.execute(form.format(table).encode())
        after = connection.execute(AS_IT_IS, [table]).fetchall()

    assert len(notices) == 1
    assert notices[0].startswith("WARNING")
    assert before == after


@pytest.mark.parametrize("role", ROLES)
def test_no_table_of_the_ledger_gives_a_role_more_than_reading(urls: Mapping[str, str], role: str) -> None:
    with psycopg.connect(urls[role]) as connection:
        held = set(connection.execute(HELD, [list(PRIVILEGES), role]).fetchall())

    tables = ("events", "head", "idempotency_keys") if role == WRITER else ("events", "head")
    assert held == {(table, "SELECT") for table in tables}


def test_the_vaults_role_does_not_get_in(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.ledger_url("pencere_vault", LEDGER_DATABASE))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_hides_a_table_behind_a_temporary_one(postgres: EmbeddedPostgres, role: str) -> None:
    with (
        psycopg.connect(postgres.ledger_url(role, LEDGER_DATABASE)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TEMPORARY TABLE events (position bigint)")
