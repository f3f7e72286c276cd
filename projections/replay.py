"""Folds events one at a time in memory. This defines what a view means, without batches and tables."""

from collections.abc import Iterable

from ledger.store.entries import StoredEntry
from projections.recorded import Batch
from projections.tables import Rows
from projections.view import View


def folded(view: View, entries: Iterable[StoredEntry]) -> Rows:
    """Return the rows that the view has after exactly these events."""
    rows = Rows(view.tables)
    for entry in entries:
        view.take(rows, Batch.of([entry]))
    return rows
