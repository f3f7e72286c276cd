"""Compares two tables of a view, row by row in the order of their keys; memory does not grow with the tables."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import TupleRow

from projections.tables import Key, Table

Kind = Literal["changed", "missing", "added"]
Values = tuple[Any, ...]
_AT_ONCE = 2000


class Unequal(NamedTuple):
    """A row that differs between the two sides.

    `changed`: both have the key; `missing`: the live view lacks it; `added`: only the live view has it.
    """

    kind: Kind
    key: Key
    live: Values | None
    replayed: Values | None


def unequal(live: Iterator[Values], replayed: Iterator[Values], key_length: int) -> Iterator[Unequal]:
    """Return the differences between two streams of rows that are in the order of their keys."""
    ours, theirs = next(live, None), next(replayed, None)
    while ours is not None or theirs is not None:
        our_key = ours[:key_length] if ours is not None else None
        their_key = theirs[:key_length] if theirs is not None else None
        if theirs is None or (our_key is not None and their_key is not None and our_key < their_key):
            yield Unequal("added", our_key, ours, None)
            ours = next(live, None)
        elif ours is None or (our_key is not None and their_key is not None and their_key < our_key):
            yield Unequal("missing", their_key, None, theirs)
            theirs = next(replayed, None)
        else:
            if ours != theirs:
                yield Unequal("changed", our_key, ours, theirs)
            ours, theirs = next(live, None), next(replayed, None)


def rows_in_order(connection: psycopg.Connection[TupleRow], schema: str, table: Table) -> Iterator[Values]:
    """Return the rows of a table in the order of its key. The order is the same in every database.

    Args:
        connection: a session in a transaction; the rows come from its snapshot.
        schema: the table's schema.
        table: the table.
    """
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    collated = ' COLLATE "C"'  # the order of bytes, whatever the database's own order is
    order = ", ".join(f'"{column.name}"{collated if column.is_text else ""}' for column in table.key_columns)
    query = f'SELECT {names} FROM "{schema}"."{table.name}" ORDER BY {order}'  # noqa: S608 - our own names
    with connection.cursor(name=f"compared_{table.name}") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(query.encode(), binary=True)
        yield from cursor
