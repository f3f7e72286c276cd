"""Replays views into tables of their own, one event at a time from the first."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import psycopg
from psycopg.rows import TupleRow

from projections.deferred_indexes import DeferredIndexes
from projections.migrate import tables_of
from projections.pipeline import entries_between, read_ahead
from projections.recorded import Batch
from projections.row_store import MOST_KEPT, RowStore, Seen
from projections.view import View

Progress = Callable[[int, int], None]
"""Receives how many events have been replayed, and how many there are."""


class Sizes(NamedTuple):
    """How many events a replay reads at once, and how many rows of each table it keeps in memory."""

    events: int = 1000
    rows: int = MOST_KEPT


USUAL = Sizes()


class ViewReplay:
    """The replay of one view: its rows, in the schema of that name, and its position."""

    def __init__(self, scratch: psycopg.Connection[TupleRow], view: View, schema: str, sizes: Sizes) -> None:
        self.view, self.position, self.sizes = view, 0, sizes
        with scratch.transaction():
            scratch.execute(tables_of(view, schema).encode())
        DeferredIndexes.drop(scratch, schema, [table.name for table in view.tables if table.kind == "appended"])
        self.store = RowStore(
            scratch,
            view,
            schema,
            write=lambda statement, rows: _execute(scratch, statement, rows),
            wait=lambda: None,
            most_kept=sizes.rows,
        )

    def go_on(self, live: psycopg.Connection[TupleRow], last: int, seen: Seen | None = None) -> None:
        """Replay up to a position, and write every row into the table."""
        for entries in entries_between(live, self.position, last, self.sizes.events):
            self.fold(Batch.of(entries), seen)
        self.store.write_out()

    def fold(self, batch: Batch, seen: Seen | None = None) -> None:
        """Fold the events of a batch, each alone."""
        self.store.fold_apart(batch, seen)
        self.position = batch.last


def _execute(connection: psycopg.Connection[TupleRow], statement: bytes, parameters: Sequence[object]) -> None:
    connection.execute(statement, parameters, prepare=True)


def replay_all(
    url: str, replays: Mapping[str, ViewReplay], goals: Mapping[str, int], progress: Progress, sizes: Sizes
) -> None:
    """Fold the events into each view, batch by batch, up to the last whole batch before its goal."""
    last = max(goals.values(), default=0)
    for entries in read_ahead(url, 0, last, sizes.events):
        batch = Batch.of(entries)  # parsed once for all the views
        for name, replay in replays.items():
            if batch.last <= goals[name]:
                replay.fold(batch)
        progress(batch.last, last)
