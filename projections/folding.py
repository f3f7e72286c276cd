"""Folds a batch into a view's tables. The caller executes the statements, asynchronously or not."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from ledger.postgresql.arrays import BinaryArray
from projections.recorded import Batch
from projections.table_statements import TableStatements
from projections.tables import Rows
from projections.view import Needs, View

Statements: TypeAlias = Mapping[tuple[str, str], TableStatements]
"""Maps (view, table) to the table's statements."""


class Ask(NamedTuple):
    """A statement to execute; the caller sends its result back."""

    statement: bytes
    parameters: Sequence[BinaryArray]
    returns_rows: bool


def statements_of(views: Sequence[View]) -> Statements:
    """Return the statements of these views' tables, each view in the schema of its name."""
    return {(view.name, table.name): TableStatements(view.name, table) for view in views for table in view.tables}


def folding(view: View, batch: Batch, statements: Statements) -> Generator[Ask, Sequence[tuple[Any, ...]], None]:
    """Load the rows that the batch needs, fold it, and write the changed rows, all in one transaction."""
    rows = Rows(view.tables)
    yield from _loading(view, view.needs(batch), rows, statements)
    yield from _loading(view, view.needs_more(rows, batch), rows, statements)
    view.take(rows, batch)
    for table in view.tables:
        if changed := rows.to_write(table):
            own = statements[view.name, table.name]
            yield Ask(own.write, own.arrays(changed), returns_rows=False)


def _loading(
    view: View, needs: Needs, rows: Rows, statements: Statements
) -> Generator[Ask, Sequence[tuple[Any, ...]], None]:
    for name, keys in needs.items():
        if unknown := rows.keyed[name].unknown(keys):
            kept = statements[view.name, name]
            for values in (yield Ask(kept.load, kept.key_arrays(unknown), returns_rows=True)):
                rows.keyed[name].load(values)
