"""Faults at chosen events: something fails while a view is folded, once at each place."""

from collections.abc import Callable, Iterable, Sequence
from threading import Event

import psycopg

from projections.recorded import Recorded
from projections.tables import Rows
from projections.view import View

_SESSIONS = """
SELECT pid FROM pg_stat_activity
 WHERE application_name = ANY (%s) AND datname = current_database() AND usename = current_user
"""


def struck(view: View, positions: Iterable[int], strike: Callable[[], None]) -> View:
    """Return the view with a fold that causes a fault the first time that it comes to each of these positions."""
    left = set(positions)

    def fold(rows: Rows, event: Recorded) -> None:
        if event.position in left:
            left.discard(event.position)
            strike()
        view.fold(rows, event)

    return view._replace(fold=fold)


def broken(view: View, position: int, error: Exception) -> View:
    """Return the view with a fold that always fails at the event at this position."""

    def fold(rows: Rows, event: Recorded) -> None:
        if event.position == position:
            raise error
        view.fold(rows, event)

    return view._replace(fold=fold)


def broken_while(view: View, is_broken: Event) -> View:
    """Return the view with a fold that fails at every event while it is broken."""

    def fold(rows: Rows, event: Recorded) -> None:
        if is_broken.is_set():
            raise ValueError("broken")
        view.fold(rows, event)

    return view._replace(fold=fold)


def with_one(views: Sequence[View], changed: View) -> list[View]:
    """Return the views, with one of them changed."""
    return [changed if view.name == changed.name else view for view in views]


def sessions(url: str, *names: str) -> list[int]:
    """Return the sessions of these programs in the database, under the same role."""
    with psycopg.connect(url) as connection:
        return [pid for (pid,) in connection.execute(_SESSIONS, [list(names)]).fetchall()]


def end_sessions(url: str, *names: str) -> int:
    """End these sessions; return how many they were once they are gone."""
    found = sessions(url, *names)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 20000) FROM unnest(%s) AS found (pid)", [found])
    return len(found)
