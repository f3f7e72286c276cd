"""The tables are as the folds assume, and what folds write is read back unchanged."""

from collections.abc import Iterator
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql import arrays
from projections import columns
from projections.folds import ALL_VIEWS
from projections.table_statements import TableStatements
from projections.tables import KeyedRows, RowMissingError, Rows, Table
from projections.view import View
from tests.projections.lived import Lived

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

TABLES = [pytest.param(view, table, id=f"{view.name}.{table.name}") for view in ALL_VIEWS for table in view.tables]
TYPES = {"uuids": "uuid", "int8s": "bigint", "byteas": "bytea", "texts": "text"}
MADE = """
SELECT a.attname, format_type(a.atttypid, NULL), a.attnum = ANY (i.indkey)
  FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
 WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 ORDER BY a.attnum
"""
THERE = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"

KEPT = Table("kept", "keyed", (columns.uuid("name"), columns.text("word"), columns.bigint("number")), key=1)
PAIRS = Table("pairs", "keyed", (columns.text("one"), columns.bigint("other"), columns.bytea("data")), key=2)
COUNTED = Table("counted", "counted", (columns.text("word"), columns.bigint("one"), columns.bigint("other")))
ADDED = Table("added", "appended", (columns.text("word"),))
_INT8 = st.integers(-(2**63), 2**63 - 1)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@pytest.fixture(scope="module")
def connection(postgres: EmbeddedPostgres) -> Iterator[Connection]:
    """A session with its own tables."""
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as opened:
        arrays.register(opened)
        opened.execute("CREATE TEMPORARY TABLE kept (name uuid PRIMARY KEY, word text, number bigint)")
        opened.execute("CREATE TEMPORARY TABLE pairs (one text, other bigint, data bytea, PRIMARY KEY (one, other))")
        opened.execute("CREATE TEMPORARY TABLE counted (word text PRIMARY KEY, one bigint, other bigint)")
        opened.execute("CREATE TEMPORARY TABLE added (word text PRIMARY KEY)")
        yield opened


def write(connection: Connection, table: Table, rows: Rows) -> None:
    statements = TableStatements("pg_temp", table)
    connection.execute(statements.write, statements.arrays(rows.to_write(table)))


@pytest.mark.parametrize(("view", "table"), TABLES)
def test_a_table_is_made_as_its_fold_says(lived: Lived, view: View, table: Table) -> None:
    with psycopg.connect(lived.where.reader) as reader:
        made = reader.execute(MADE, [f"{view.name}.{table.name}"]).fetchall()

    numbered = enumerate(table.columns)
    assert made == [(one.name, TYPES[one.encode.__name__], number < table.key) for number, one in numbered]


@pytest.mark.parametrize("view", ALL_VIEWS, ids=lambda view: view.name)
def test_a_view_has_no_table_that_its_fold_does_not_know(lived: Lived, view: View) -> None:
    with psycopg.connect(lived.where.reader) as reader:
        found = {name for (name,) in reader.execute(THERE, [view.name]).fetchall()}

    assert found == {"tracking", *(table.name for table in view.tables)}


@given(st.dictionaries(st.uuids(), st.tuples(st.none() | _TEXT, st.none() | _INT8), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_row_that_is_written_is_the_one_that_is_loaded(
    connection: Connection, values: dict[UUID, tuple[str | None, int | None]]
) -> None:
    statements = TableStatements("pg_temp", KEPT)
    for turned in (False, True):  # the second time, there are rows to replace
        rows = Rows([KEPT])
        for name, (word, number) in values.items():
            rows.keyed["kept"].put(name, {"name": name, "word": word, "number": None if turned else number})
        write(connection, KEPT, rows)

        found = connection.execute(statements.load, statements.key_arrays(list(values)), binary=True).fetchall()
        assert set(found) == set(map(tuple, rows.to_write(KEPT)))
        assert len(found) == len(values)


def test_a_key_of_two_columns_finds_just_its_own_rows(connection: Connection) -> None:
    rows, statements = Rows([PAIRS]), TableStatements("pg_temp", PAIRS)
    for key in (("a", 1), ("a", 2), ("b", 1)):
        rows.keyed["pairs"].put(key, {"one": key[0], "other": key[1], "data": b"\x00" + key[0].encode()})
    write(connection, PAIRS, rows)
    asked = statements.key_arrays([("a", 2), ("b", 1), ("b", 2)])

    found = connection.execute(statements.load, asked, binary=True).fetchall()

    assert sorted(found) == [("a", 2, b"\x00a"), ("b", 1, b"\x00b")]


def test_counts_grow_by_what_each_batch_says(connection: Connection) -> None:
    for amount in (3, -1):
        rows = Rows([COUNTED])
        rows.counted["counted"].count("a", one=amount)
        rows.counted["counted"].count("b", one=1, other=amount)
        rows.counted["counted"].count("a", one=amount)
        write(connection, COUNTED, rows)

    assert connection.execute("SELECT * FROM counted ORDER BY word").fetchall() == [("a", 4, 0), ("b", 2, 2)]


def test_what_is_only_added_is_never_added_twice(connection: Connection) -> None:
    rows = Rows([ADDED])
    rows.appended["added"].add(("once",))
    write(connection, ADDED, rows)

    with pytest.raises(psycopg.errors.UniqueViolation):
        write(connection, ADDED, rows)


def test_a_fold_that_needs_a_row_that_is_not_there_is_told_so() -> None:
    rows = KeyedRows(KEPT)

    assert rows.get(UUID(int=1)) is None
    with pytest.raises(RowMissingError):
        rows.require(UUID(int=1))
