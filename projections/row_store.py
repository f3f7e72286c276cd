"""Keeps rows of a view in memory between batches, and writes them in bulk into tables that nobody reads yet.

A rebuild and a replay fold into such tables. Nothing here is durable or visible before it is written. After a crash
both start again from the beginning.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql.arrays import BinaryArray
from projections.recorded import Batch, Recorded
from projections.table_statements import TableStatements
from projections.tables import Key, Rows, Table
from projections.view import Needs, View

MOST_KEPT = 12_000  # rows of a table in memory; with all views at once some 60 MB
_AT_ONCE = 2000  # rows in a statement: what waits to be written stays small where writing is slower than folding

Write: TypeAlias = Callable[[bytes, Sequence[BinaryArray]], None]
Seen: TypeAlias = Callable[[Recorded, Rows, Rows], None]
"""Told an event, the rows that it has changed, and those kept from before it."""


class RowStore:
    """The rows of one view in one schema.

    Args:
        connection: a session that may read and write the schema; it sees what `write` has written.
        view: the view.
        schema: the schema of its tables, which are empty at first.
        write: executes a statement with its parameters, at once or later in order.
        wait: returns when every statement given to `write` is done.
        most_kept: how many rows of a table to keep in memory.
    """

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        view: View,
        schema: str,
        *,
        write: Write,
        wait: Callable[[], None],
        most_kept: int = MOST_KEPT,
    ) -> None:
        self._connection, self.view, self._write, self._wait = connection, view, write, wait
        self._most_kept = most_kept
        self._rows, self._alone = Rows(view.tables), Rows(view.tables)
        self._statements = {table.name: TableStatements(schema, table) for table in view.tables}
        self._has_forgotten: set[str] = set()

    def begun_before(self) -> None:
        """Note that the tables are not empty."""
        self._has_forgotten.update(self._rows.keyed)

    def fold_together(self, batch: Batch) -> None:
        """Fold a batch, as the runner does."""
        self._fetch(batch)
        self.view.take(self._rows, batch)
        self._write_appended(self._rows)
        self._make_room()

    def _fetch(self, batch: Batch) -> None:
        """Load the forgotten rows that the batch needs, in one question a table, and then those that these name."""
        for name, keys in self.view.needs(batch).items():
            self._have(name, self._rows.keyed[name].unknown(keys))
        for name, keys in self.view.needs_more(self._rows, batch).items():
            self._have(name, self._rows.keyed[name].unknown(keys))

    def fold_apart(self, batch: Batch, seen: Seen | None = None) -> None:
        """Fold the events of a batch one by one; each is given only the rows that it needs itself.

        Args:
            batch: the events.
            seen: receives what each event has changed.
        """
        self._fetch(batch)
        for alone in batch.apart:
            self._fold_alone(alone, seen)
        if any(len(appended.rows) >= self._most_kept // 10 for appended in self._rows.appended.values()):
            self._write_appended(self._rows)
        self._make_room()

    def _fold_alone(self, batch: Batch, seen: Seen | None) -> None:
        rows = self._alone
        self._copy(self.view.needs(batch), rows)
        self._copy(self.view.needs_more(rows, batch), rows)
        self.view.take(rows, batch)
        if seen is not None:
            [event] = batch.events
            seen(event, rows, self._rows)
        self._take_over(rows)

    def _copy(self, needs: Needs, rows: Rows) -> None:
        for name, keys in needs.items():
            kept, needed = self._rows.keyed[name], rows.keyed[name]
            if unknown := kept.copy_to(needed, keys):
                self._have(name, unknown)
                kept.copy_to(needed, unknown)

    def write_out(self) -> None:
        """Write every kept row, and forget them all."""
        for table in self.view.tables:
            if table.kind == "appended":
                self._write_appended(self._rows)
            else:
                self._write_rows(table, self._rows.to_write(table))
        for name, keyed in self._rows.keyed.items():
            keyed.forget()
            self._has_forgotten.add(name)
        for counted in self._rows.counted.values():
            counted.amounts.clear()

    def _have(self, name: str, unknown: Sequence[Key]) -> None:
        """Load rows that were forgotten. A row that is not kept and was never forgotten does not exist."""
        if not unknown or name not in self._has_forgotten:
            return
        self._wait()
        statements = self._statements[name]
        parameters = statements.key_arrays(unknown)
        found = self._connection.execute(statements.load, parameters, prepare=True, binary=True)
        for values in found.fetchall():
            self._rows.keyed[name].load(values)

    def _take_over(self, rows: Rows) -> None:
        """Take over the changes, and leave nothing behind for the next event."""
        for name, keyed in rows.keyed.items():
            keyed.hand_over(self._rows.keyed[name])
        for name, counted in rows.counted.items():
            if counted.amounts:
                for key, amounts in counted.amounts.items():
                    self._rows.counted[name].count(key, **amounts)
                counted.amounts.clear()
        for name, appended in rows.appended.items():
            if appended.rows:
                self._rows.appended[name].rows.extend(appended.rows)
                appended.rows.clear()

    def _make_room(self) -> None:
        if any(len(keyed) > self._most_kept for keyed in self._rows.keyed.values()):
            self.write_out()

    def _write_appended(self, rows: Rows) -> None:
        for table in self.view.tables:
            if table.kind == "appended":
                self._write_rows(table, rows.to_write(table))
                rows.appended[table.name].rows.clear()

    def _write_rows(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        statements = self._statements[table.name]
        for begin in range(0, len(rows), _AT_ONCE):
            self._write(statements.write, statements.arrays(rows[begin : begin + _AT_ONCE]))
