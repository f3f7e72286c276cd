"""Rights on views: the projector writes them, the reader reads them, and no other role can use them."""

import psycopg
import pytest

from projections.folds import ALL_VIEWS
from tests.projections.lived import Lived

VIEWS = [view.name for view in ALL_VIEWS]
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
HELD = """
SELECT c.relname, p FROM pg_class c CROSS JOIN unnest(%s::text[]) AS p
 WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND has_table_privilege(%s, c.oid, p)
"""
WRITES = (
    "INSERT INTO {} SELECT * FROM {} LIMIT 0",
    "UPDATE {} SET position = position WHERE false",
    "DELETE FROM {} WHERE false",
    "SELECT * FROM {} FOR UPDATE",
)
NOBODYS = (
    "ALTER TABLE {} ADD COLUMN more int",
    "DROP TABLE {}",
    "CREATE INDEX ON {} (position)",
    "REINDEX TABLE {}",
    "CREATE TABLE worklist.more (one int)",
    "DROP SCHEMA worklist CASCADE",
)
TABLE = "worklist.tracking"


@pytest.mark.parametrize("view", VIEWS)
def test_the_projector_writes_and_the_reader_reads_every_table_of_a_view(lived: Lived, view: str) -> None:
    expected = {"pencere_writer": set(), "pencere_reader": {"SELECT"}, "pencere_projector": set(PRIVILEGES[:5])}
    with psycopg.connect(lived.where.reader) as connection:
        tables = {name for name, _ in connection.execute(HELD, [list(PRIVILEGES), view, "pencere_owner"]).fetchall()}
        for role, privileges in expected.items():
            held = set(connection.execute(HELD, [list(PRIVILEGES), view, role]).fetchall())
            assert held == {(table, privilege) for table in tables for privilege in privileges}, role

    assert "tracking" in tables
    assert len(tables) > 1


@pytest.mark.parametrize("statement", WRITES)
def test_only_the_projector_writes(lived: Lived, statement: str) -> None:
    query = statement.format(TABLE, TABLE).encode()
    with psycopg.connect(lived.where.projector) as projector:
        projector.execute(query)
        projector.rollback()
    for url in (lived.where.reader, lived.where.writer):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(query)


@pytest.mark.parametrize("statement", NOBODYS)
def test_nobody_of_them_changes_what_a_view_is_made_of(lived: Lived, statement: str) -> None:
    for url in (lived.where.projector, lived.where.reader, lived.where.writer):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.format(TABLE).encode())


@pytest.mark.parametrize("view", VIEWS)
def test_who_appends_sees_no_view(lived: Lived, view: str) -> None:
    with psycopg.connect(lived.where.writer) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(f'SELECT * FROM "{view}".tracking'.encode())
