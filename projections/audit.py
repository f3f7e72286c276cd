"""Proves that views follow from the events: replays each, one event at a time from the first, and compares.

The replay is written to a separate database, so that an auditor needs only the right to read, and can read a replica.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql.lost import told_why
from projections.comparison import Kind, Unequal, rows_in_order, unequal
from projections.parting import Parting
from projections.pipeline import connect
from projections.positions import Standing, standings_query
from projections.tables import Table
from projections.view import View
from projections.view_replay import USUAL, Progress, Sizes, ViewReplay, replay_all

MOST = 100  # differences of a view that are reported


class ViewsUnreadableError(Exception):
    """The live views cannot be read."""


class Difference(NamedTuple):
    """A field of a live view that does not follow from the events; without a field, the whole row.

    `position` is the event that gave the field its value in the replay, so the two differ after it. None means that no
    event made such a row.
    """

    table: str
    kind: Kind
    key: Mapping[str, Any]
    field: str | None
    live: Any
    replayed: Any
    position: int | None


class Audited(NamedTuple):
    """A view at its tracked position: how many rows it has, and its first `MOST` differences from the events."""

    view: str
    position: int
    stopped: str | None
    rows: int
    differences: list[Difference]


class _Found(NamedTuple):
    """The unequal rows of a view, table by table."""

    rows: int
    unequal: list[tuple[Table, Unequal]]


def audit_views(
    live_url: str, scratch_url: str, views: Sequence[View], progress: Progress, sizes: Sizes = USUAL
) -> list[Audited]:
    """Replay each view up to its position and return how it compares.

    Args:
        live_url: the database to audit, as a role that may read events and views.
        scratch_url: an empty database, as its superuser.
        views: the views to audit.
        progress: receives how many events have been replayed, and how many there are.
        sizes: how much is in memory at a time.

    Raises:
        ViewsUnreadableError: they do not exist, or may not be read.
    """
    with told_why(ViewsUnreadableError, "the views"):
        return _audited(live_url, scratch_url, views, progress, sizes)


def _audited(live_url: str, scratch_url: str, views: Sequence[View], progress: Progress, sizes: Sizes) -> list[Audited]:
    with connect(live_url, "pencere audit") as live, connect(scratch_url, "pencere audit") as scratch:
        replays = {view.name: ViewReplay(scratch, view, view.name, sizes) for view in views}
        goals = {one.view: one.position for one in _standings(live, views)}
        replay_all(live_url, replays, goals, progress, sizes)
        standings, found = _compared(live, scratch, replays)
        partings = {one.view: _parting(live, scratch, replays[one.view], found[one.view]) for one in standings}
    return [
        Audited(
            one.view, one.position, one.stopped, found[one.view].rows, [*_told(found[one.view], partings[one.view])]
        )
        for one in standings
    ]


def _compared(
    live: psycopg.Connection[TupleRow], scratch: psycopg.Connection[TupleRow], replays: Mapping[str, ViewReplay]
) -> tuple[list[Standing], dict[str, _Found]]:
    """Compare all views in one snapshot, and all anew if a rebuild has swapped one of them meanwhile.

    A snapshot is of the rows only: a name means the new tables as soon as they are swapped in, and few of their rows
    were there when the snapshot was taken.
    """
    views = [replay.view for replay in replays.values()]
    while True:
        schemas = _schemas(live, views)
        live.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        standings = _standings(live, views)
        for standing in standings:
            # The events that the live view has folded since we began, read in the same snapshot in which it is
            # compared.
            replays[standing.view].go_on(live, standing.position)
        with scratch.transaction():
            found = {standing.view: _compare(live, scratch, replays[standing.view].view) for standing in standings}
        live.execute("COMMIT")
        if _schemas(live, views) == schemas:
            return standings, found


def _schemas(live: psycopg.Connection[TupleRow], views: Sequence[View]) -> list[TupleRow]:
    """Return what identifies the schemas that have the views' names now: a rebuild swaps whole schemas."""
    query = "SELECT to_regnamespace(view)::oid FROM unnest(%s::text[]) view"
    return live.execute(query, [[view.name for view in views]]).fetchall()


def _standings(live: psycopg.Connection[TupleRow], views: Sequence[View]) -> list[Standing]:
    return [Standing(*row) for row in live.execute(standings_query(views).encode()).fetchall()]


def _compare(live: psycopg.Connection[TupleRow], scratch: psycopg.Connection[TupleRow], view: View) -> _Found:
    count = 0

    def counted(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    found: list[tuple[Table, Unequal]] = []
    for table in view.tables:
        ours = counted(rows_in_order(live, view.name, table))
        differing = unequal(ours, rows_in_order(scratch, view.name, table), table.key)
        found += [(table, each) for each in islice(differing, MOST - len(found))]
        for _ in ours:  # have every row counted
            pass
    return _Found(count, found)


def _parting(
    live: psycopg.Connection[TupleRow], scratch: psycopg.Connection[TupleRow], replay: ViewReplay, found: _Found
) -> Parting:
    """Replay a view that differs once more, to find the events that gave the rows their right values."""
    view = replay.view
    parting = Parting(view, {(table.name, each.key) for table, each in found.unequal})
    if found.unequal:
        ViewReplay(scratch, view, f"{view.name}__again", replay.sizes).go_on(live, replay.position, parting.see)
    return parting


def _told(found: _Found, parting: Parting) -> Iterator[Difference]:
    for table, (kind, key, live, replayed) in found.unequal:
        names = [column.name for column in table.columns]
        named = dict(zip(names, key, strict=False))
        if live is None or replayed is None:
            yield Difference(table.name, kind, named, None, None, None, parting.of_row(table.name, key))
            continue
        for name, ours, theirs in zip(names, live, replayed, strict=True):
            if ours != theirs:
                position = parting.of_field(table.name, key, name)
                yield Difference(table.name, kind, named, name, ours, theirs, position)
