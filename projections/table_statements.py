"""The statements of a view's table: one reads rows by their keys, one writes all changes of a batch."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from ledger.postgresql.arrays import BinaryArray
from projections.tables import Key, Table


class TableStatements:
    """The statements that read and write a table in one schema; a rebuild uses another schema than the live one."""

    def __init__(self, schema: str, table: Table) -> None:
        self.table = table
        self._where = f'"{schema}"."{table.name}"'
        self._names = ", ".join(f'"{column.name}"' for column in table.columns)
        self._places = ", ".join(["%b"] * len(table.columns))

    @cached_property
    def load(self) -> bytes:
        """The statement that returns the rows of the given keys."""
        keys = ", ".join(f'"{column.name}"' for column in self.table.key_columns)
        places = ", ".join(["%b"] * self.table.key)
        asked = f"unnest({places}) AS asked ({keys})"
        return f"SELECT {self._names} FROM {self._where} JOIN {asked} USING ({keys})".encode()  # noqa: S608 - our own names

    @cached_property
    def write(self) -> bytes:
        """The statement that writes the given rows."""
        return (
            f"INSERT INTO {self._where} AS kept ({self._names}) SELECT * FROM unnest({self._places})"  # noqa: S608 - our own names
            f"{self._on_conflict()}"
        ).encode()

    def arrays(self, rows: Sequence[Sequence[Any]]) -> list[BinaryArray]:
        """Return the parameters of `write`."""
        values = zip(*rows, strict=True)
        return [column.encode(own) for column, own in zip(self.table.columns, values, strict=True)]

    def key_arrays(self, keys: Collection[Key]) -> list[BinaryArray]:
        """Return the parameters of `load`."""
        if self.table.key == 1:
            return [self.table.columns[0].encode(list(keys))]
        values = zip(*keys, strict=True)
        return [column.encode(own) for column, own in zip(self.table.key_columns, values, strict=True)]

    def _on_conflict(self) -> str:
        if self.table.kind == "appended":
            return ""  # a row that already exists means that a batch was folded twice: that must fail
        own = "kept.{0} + " if self.table.kind == "counted" else ""
        names = [f'"{column.name}"' for column in self.table.columns]
        changes = ", ".join(f"{name} = {own.format(name)}excluded.{name}" for name in names[self.table.key :])
        return f" ON CONFLICT ({', '.join(names[: self.table.key])}) DO UPDATE SET {changes}"
