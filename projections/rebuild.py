"""Rebuilds views from the first event, beside the live ones, and swaps them in at the end.

Readers never wait: they read the live tables until the swap, which is a rename, and the new tables after it. A rebuild
that is interrupted leaves the live views unchanged. The next rebuild clears away what it left beside them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql.election import of_rebuild
from ledger.postgresql.lost import translated
from ledger.postgresql.session import Session
from ledger.refusals import AwayError
from projections.deferred_indexes import DeferredIndexes
from projections.migrate import schema_of
from projections.pipeline import WriteBehind, connect, entries_between, read_ahead
from projections.recorded import Batch
from projections.row_store import RowStore
from projections.view import View

_BATCH = 2000
MOVED = -1
"""What stands as the position of tables that a rebuild has just replaced. A statement that began to read them before
the swap may see it, and asks again: it says less than the tables have, never more."""

_FEW = 2000  # events that may be folded while the live projector waits
_TO_CLEAR = 600.0  # seconds to wait for readers of the old tables
_HEAD = "SELECT position FROM ledger.head"

Progress = Callable[[int, int], None]
"""Receives how many events have been folded, and how many there are."""


class RebuildUnderWayError(Exception):
    """Somebody else is rebuilding the view already."""


class Beside(NamedTuple):
    """A view under construction: its schema and its rows."""

    view: View
    schema: str
    store: RowStore
    indexes: DeferredIndexes


def rebuild(owner_url: str, views: Sequence[View], progress: Progress) -> int:
    """Rebuild the views; return the position that they have when the last of them is swapped in.

    Raises:
        RebuildUnderWayError: another process is rebuilding one of them.
        AwayError: the database does not answer.
    """
    with translated(AwayError):
        return _rebuilt(owner_url, views, progress)


def _rebuilt(owner_url: str, views: Sequence[View], progress: Progress) -> int:
    with connect(owner_url, "pencere rebuild", "synchronous_commit=off") as owner, _alone(owner, views):
        for view in views:
            _clear(owner, view)
        try:
            with WriteBehind(owner_url) as behind:
                made = [_begin(owner, view, behind) for view in views]
                position = _fold_all(owner_url, owner, made, behind, progress)
            for beside in made:
                beside.indexes.create()
                _say_position(owner, beside.schema, position)
            return min(_swap(owner, beside, position) for beside in made)
        finally:
            for view in views:
                _clear(owner, view)


@contextmanager
def _alone(owner: Session, views: Sequence[View]) -> Iterator[None]:
    """Hold a lock for each view. A dead process cannot keep it, and the next rebuild need not wait for its end."""
    try:
        for view in views:
            if not owner.elect(of_rebuild(view.name)):
                raise RebuildUnderWayError(view.name)
        yield
    finally:
        if not owner.broken:
            for lock in owner.held:
                owner.resign(lock)


def _clear(owner: psycopg.Connection[TupleRow], view: View, within: float = _TO_CLEAR) -> None:
    """Drop the tables beside a view. This waits for readers of the old tables, but lets nobody queue behind it.

    Raises:
        psycopg.errors.LockNotAvailable: somebody reads them for longer than `within` seconds.
    """
    for schema in (_next(view), _old(view)):
        give_up_at = time.monotonic() + within
        while True:
            try:
                with owner.transaction():
                    owner.execute("SET LOCAL lock_timeout = '1s'")
                    owner.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'.encode())
                break
            except psycopg.errors.LockNotAvailable:
                if time.monotonic() > give_up_at:
                    raise


def _next(view: View) -> str:
    return f"{view.name}__next"


def _old(view: View) -> str:
    return f"{view.name}__old"


def _begin(owner: psycopg.Connection[TupleRow], view: View, behind: WriteBehind) -> Beside:
    schema = _next(view)
    with owner.transaction():
        owner.execute(schema_of(view, schema).encode())
    indexes = DeferredIndexes.drop(owner, schema, [table.name for table in view.tables if table.kind == "appended"])
    store = RowStore(owner, view, schema, write=behind.write, wait=behind.wait)
    return Beside(view, schema, store, indexes)


def _fold_all(
    url: str,
    owner: psycopg.Connection[TupleRow],
    made: Sequence[Beside],
    behind: WriteBehind,
    progress: Progress,
) -> int:
    """Fold until only a few events are left before the ledger's present end; return the position."""
    position = 0
    while (head := _head(owner)) - position > _FEW or position == 0:
        if head == 0:
            break
        for entries in read_ahead(url, position, head, _BATCH):
            batch = Batch.of(entries)
            for beside in made:
                beside.store.fold_together(batch)
            position = batch.last
            progress(position, head)
    for beside in made:
        beside.store.write_out()
    behind.wait()
    return position


def _swap(owner: psycopg.Connection[TupleRow], beside: Beside, position: int) -> int:
    """Fold what has arrived meanwhile, and replace the live tables by the new ones; return their position."""
    view, schema = beside.view, beside.schema
    position = _catch_up(owner, beside, position)
    with owner.transaction():
        # From here the live projector waits. Afterwards it finds that the view has moved, and starts again.
        owner.execute(f'UPDATE "{view.name}".tracking SET position = {MOVED}'.encode())  # noqa: S608 - our own names
        position = _catch_up(owner, beside, position)
        owner.execute(f'ALTER SCHEMA "{view.name}" RENAME TO "{_old(view)}"'.encode())
        owner.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{view.name}"'.encode())
    # The commit point: before it the old tables are live, after it the new ones.
    return position


def _catch_up(owner: psycopg.Connection[TupleRow], beside: Beside, position: int) -> int:
    """Fold up to the ledger's present end."""
    store = RowStore(
        owner, beside.view, beside.schema, write=lambda statement, rows: _write(owner, statement, rows), wait=_nothing
    )
    store.begun_before()
    for entries in entries_between(owner, position, _head(owner), _BATCH):
        store.fold_together(Batch.of(entries))
        position = entries[-1].position
    store.write_out()
    _say_position(owner, beside.schema, position)
    return position


def _write(owner: psycopg.Connection[TupleRow], statement: bytes, rows: Sequence[object]) -> None:
    owner.execute(statement, rows, prepare=True)


def _nothing() -> None:
    """Wait for nothing: everything is done already."""


def _head(owner: psycopg.Connection[TupleRow]) -> int:
    row = owner.execute(_HEAD).fetchone()
    return int(row[0]) if row else 0


def _say_position(owner: psycopg.Connection[TupleRow], schema: str, position: int) -> None:
    owner.execute(f'UPDATE "{schema}".tracking SET position = %s'.encode(), [position])  # noqa: S608 - our own names
