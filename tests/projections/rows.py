"""Reads all rows of all tables of views, to compare two ways of folding one ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import psycopg
from psycopg import sql

from projections.folds import ALL_VIEWS
from projections.view import View

Rows: TypeAlias = Mapping[str, Counter[tuple[Any, ...]]]
"""The rows of each table, by the table's name with its schema. The order on disk does not matter."""

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY c.relname
"""


class Difference(NamedTuple):
    """A row that exists after only one of two foldings."""

    table: str
    row: tuple[Any, ...]
    only_in: str


def rows_of(url: str, views: Iterable[View] = ALL_VIEWS) -> Rows:
    """Return all rows of the views at one moment, and the position of each view."""
    found: dict[str, Counter[tuple[Any, ...]]] = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for schema, table in _tables(connection, views):
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table)))
            found[f"{schema}.{table}"] = Counter(rows.fetchall())
    return found


def differences(one: Rows, other: Rows) -> list[Difference]:
    """Return every row that only one of them has, and every row that one of them has twice."""
    none: Counter[tuple[Any, ...]] = Counter()
    return [
        Difference(table, row, only_in)
        for table in sorted({*one, *other})
        for only_in, mine, others in (("the first", one, other), ("the second", other, one))
        for row in (mine.get(table, none) - others.get(table, none)).elements()
    ]


def empty(url: str, views: Iterable[View] = ALL_VIEWS) -> None:
    """Reset the views to where nothing is folded."""
    with psycopg.connect(url) as connection:
        for schema, table in _tables(connection, views):
            where = sql.Identifier(schema, table)
            if table == "tracking":
                connection.execute(sql.SQL("UPDATE {} SET position = 0, stopped = NULL").format(where))
            else:
                connection.execute(sql.SQL("TRUNCATE {}").format(where))


def _tables(connection: psycopg.Connection[tuple[Any, ...]], views: Iterable[View]) -> list[tuple[str, str]]:
    return [(view.name, table) for view in views for (table,) in connection.execute(_TABLES, [view.name]).fetchall()]


def schemas_beside(url: str) -> set[str]:
    """Return the schemas beside the live views."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%\\_\\_%'").fetchall()
    return {name for (name,) in rows}
