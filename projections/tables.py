"""The tables of views, and the rows of them that a fold sees.

Three kinds are enough. Appended: rows are only added. Keyed: rows are loaded by key, then added or replaced. Counted:
rows are never loaded; a fold states by how much their numbers grow.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import Any, Literal, NamedTuple, TypeAlias

from projections.columns import Column

Key: TypeAlias = Any  # the value if the key is one column, else the tuple of values
Row: TypeAlias = dict[str, Any]


class Table(NamedTuple):
    """A table of a view; the key's columns come first."""

    name: str
    kind: Literal["appended", "keyed", "counted"]
    columns: tuple[Column, ...]
    key: int = 1

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns of the key."""
        return self.columns[: self.key]


class RowMissingError(LookupError):
    """An event needs a row that no earlier event has made."""


class AppendedRows:
    """New rows of an appended table, as tuples in the order of its columns."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.add = self.rows.append


class KeyedRows:
    """The rows that a batch may need. A row is replaced, never changed in place.

    A row that was only loaded is kept as a tuple in the order of the columns, which takes a quarter of a dictionary's
    memory.
    """

    def __init__(self, table: Table) -> None:
        self._names = tuple(column.name for column in table.columns)
        self._values_of = _values_of(self._names)
        self._key = table.key
        self._rows: dict[Key, Row | tuple[Any, ...]] = {}
        self._changed: dict[Key, None] = {}

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return len(self._rows)

    def load(self, values: tuple[Any, ...]) -> None:
        """Add a row as the table has it."""
        self._rows[values[0] if self._key == 1 else values[: self._key]] = values

    def copy_to(self, other: "KeyedRows", keys: Collection[Key]) -> list[Key]:
        """Load these rows into another store; return the keys whose rows are not kept here."""
        unknown = []
        for key in keys:
            row = self._rows.get(key)
            if row is None:
                unknown.append(key)
            else:
                other._rows[key] = self._as_tuple(row)  # noqa: SLF001 - of the same class
        return unknown

    def hand_over(self, other: "KeyedRows") -> None:
        """Leave the changed rows to another store, which must still write them, and forget all rows."""
        for key in self._changed:
            other._rows[key] = self._as_tuple(self._rows[key])  # noqa: SLF001 - of the same class
            other._changed[key] = None  # noqa: SLF001 - of the same class
        if self._rows:
            self.forget()

    def values(self, key: Key) -> tuple[Any, ...] | None:
        """Return the row's values in the order of the columns; None when there is no such row."""
        row = self._rows.get(key)
        return None if row is None else self._as_tuple(row)

    def unknown(self, keys: Collection[Key]) -> list[Key]:
        """Return the keys whose rows are not kept here."""
        return [key for key in keys if key not in self._rows]

    def get(self, key: Key) -> Row | None:
        """Return the row; None when there is none."""
        row = self._rows.get(key)
        if isinstance(row, tuple):
            row = self._rows[key] = dict(zip(self._names, row, strict=True))
        return row

    def require(self, key: Key) -> Row:
        """Return the row.

        Raises:
            RowMissingError: there is none.
        """
        row = self.get(key)
        if row is None:
            raise RowMissingError
        return row

    def put(self, key: Key, row: Row) -> None:
        """Add the row, or replace the row with that key."""
        self._rows[key] = row
        self._changed[key] = None

    def changed(self) -> list[tuple[Any, ...]]:
        """Return the rows to write, in the order in which their keys first changed."""
        return [self._as_tuple(self._rows[key]) for key in self._changed]

    def forget(self) -> None:
        """Forget all rows."""
        self._rows.clear()
        self._changed.clear()

    def _as_tuple(self, row: Row | tuple[Any, ...]) -> tuple[Any, ...]:
        return self._values_of(row) if isinstance(row, dict) else row


def _values_of(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """Return a function that takes the values with these names from a row."""
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


class CountedRows:
    """By how much numbers grow: key -> column -> amount."""

    def __init__(self) -> None:
        self.amounts: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def count(self, key: Key, **amounts: int) -> None:
        """Add the amounts to the numbers of the row."""
        row = self.amounts[key]
        for name, amount in amounts.items():
            row[name] += amount


class Rows:
    """What folds see: the rows of a view's tables, by the table's name."""

    def __init__(self, tables: Collection[Table]) -> None:
        self.appended = {table.name: AppendedRows() for table in tables if table.kind == "appended"}
        self.keyed = {table.name: KeyedRows(table) for table in tables if table.kind == "keyed"}
        self.counted = {table.name: CountedRows() for table in tables if table.kind == "counted"}

    def to_write(self, table: Table) -> Sequence[Sequence[Any]]:
        """Return the changed rows of a table, with their values in the order of the columns."""
        if table.kind == "appended":
            return self.appended[table.name].rows
        if table.kind == "keyed":
            return self.keyed[table.name].changed()
        numbers = [column.name for column in table.columns[table.key :]]
        return [
            [*(key if table.key > 1 else (key,)), *(amounts.get(name, 0) for name in numbers)]
            # Sorted, so that processes that fold at the same time wait for each other without a deadlock.
            for key, amounts in sorted(self.counted[table.name].amounts.items())
        ]
