"""Finds which event last changed a row of a view, and each of its fields."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from projections.recorded import Recorded
from projections.tables import Key, Rows, Table
from projections.view import View

RowName: TypeAlias = tuple[str, tuple[Any, ...]]
"""A table, and the values of the key's columns."""


class Parting:
    """Watches some rows of a view during a replay.

    Args:
        view: the view.
        watched: the rows to watch.
    """

    def __init__(self, view: View, watched: Collection[RowName]) -> None:
        self._tables = view.tables
        self._watched = frozenset(watched)
        self._changed: dict[RowName, dict[str, int]] = {}

    def see(self, event: Recorded, rows: Rows, kept: Rows) -> None:
        """Note what an event has changed; `kept` has the rows before it."""
        for table in self._tables:
            for key, names in _changes(table, rows, kept):
                row = (table.name, key)
                if row in self._watched:
                    self._changed.setdefault(row, {}).update(dict.fromkeys(names, event.position))

    def of_row(self, table: str, key: tuple[Any, ...]) -> int | None:
        """Return the last event that changed the row; None when no event did."""
        return max(self._changed.get((table, key), {}).values(), default=None)

    def of_field(self, table: str, key: tuple[Any, ...], name: str) -> int | None:
        """Return the last event that changed the field; None when no event did."""
        return self._changed.get((table, key), {}).get(name)


def _changes(table: Table, rows: Rows, kept: Rows) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    """Yield the keys of the rows that an event has changed, with the names of the changed fields."""
    names = [column.name for column in table.columns]
    if table.kind == "appended":
        for values in rows.appended[table.name].rows:
            yield tuple(values[: table.key]), names
    elif table.kind == "keyed":
        before = kept.keyed[table.name]
        for values in rows.keyed[table.name].changed():
            key = values[: table.key]
            known = before.values(key[0] if table.key == 1 else key)
            yield key, [name for at, name in enumerate(names) if known is None or values[at] != known[at]]
    else:
        for key, amounts in rows.counted[table.name].amounts.items():
            yield _whole(table, key), _moved(amounts)


def _whole(table: Table, key: Key) -> tuple[Any, ...]:
    return (key,) if table.key == 1 else tuple(key)


def _moved(amounts: Mapping[str, int]) -> list[str]:
    return [name for name, amount in amounts.items() if amount]
