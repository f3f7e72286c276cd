"""Folds events one at a time, in memory: the plain meaning of a view, without batches and without tables."""

from collections.abc import Iterable

from ledger.store.entries import StoredEntry
from projections.recorded import recorded
from projections.tables import Rows
from projections.view import View


def folded(view: View, entries: Iterable[StoredEntry]) -> Rows:
    """Return the rows that the view has after these events and no others."""
    rows = Rows(view.tables)
    for entry in entries:
        if (event := recorded(entry)) is not None:
            view.take(rows, event)
    return rows
