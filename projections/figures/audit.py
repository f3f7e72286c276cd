"""Compares the figures that the view gives with those that are counted again from the events.

The sums by position are compared as of the view's position with the recount, and the sums of now, in one snapshot, with
those by position: so both hold what the events say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import psycopg
from psycopg.rows import TupleRow

from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.figures import computed_figure
from domain.evaluation.measures import Tally
from ledger.postgresql.lost import told_why
from ledger.published.recorded import Recorded, recorded
from ledger.store.entries import COLUMNS, StoredEntry
from projections.figures.by_hand import Month, written
from projections.figures.fold import VIEW
from projections.figures.queries import gathered, parameters_of, question
from projections.figures.recount import TOPICS, Recount
from projections.figures.types import Per
from projections.pipeline import connect
from projections.positions import standings_query
from projections.view_replay import Progress

MOST: Final = 100
"""How many differences are told."""

_EVENTS = f"""
SELECT {COLUMNS} FROM ledger.events e WHERE position <= %s AND topic = ANY(%s) ORDER BY stream, version
"""  # noqa: S608 - constant columns
_AT_ONCE: Final = 1000
_ALL: Final = (1 << 63) - 1
_PERS: Final[Sequence[Per]] = ("service", "agency")


class FiguresUnreadableError(Exception):
    """The events or the view cannot be read, or the view has not come so far."""


class Differing(NamedTuple):
    """A figure that the view and the events do not agree about; None: there is nothing to measure.

    `table` says which sums are wrong: `changes`, by position, or `tallies`, as of now.
    """

    table: str
    per: Per
    name: str
    month: str
    indicator: str
    shown: str | None
    recounted: str | None


class FiguresAudited(NamedTuple):
    """How many figures were compared, at which position, and the first `MOST` that differ."""

    position: int
    figures: int
    differences: Sequence[Differing]


def audit_figures(url: str, progress: Progress, position: int | None = None) -> FiguresAudited:
    """Count all figures again from the events, and compare them with the view's.

    Args:
        url: the database to audit, as a role that may read events and views.
        progress: receives how many events were read, and how many positions there are.
        position: as of which to compare; None: that of the view.

    Raises:
        FiguresUnreadableError: they cannot be read, or the view has not reached the position.
    """
    with told_why(FiguresUnreadableError, "the figures"), connect(url, "pencere audit evaluation") as session:
        [(_, reached, _)] = session.execute(standings_query([VIEW]).encode()).fetchall()
        upto = reached if position is None else position
        if upto > reached:
            raise FiguresUnreadableError(f"the view has only come to position {reached}")
        recount = Recount()
        recount.count(_events(session, upto, progress))
        return _compared(session, recount, upto)


def _events(session: psycopg.Connection[TupleRow], upto: int, progress: Progress) -> Iterator[Recorded]:
    read = 0
    with session.transaction(), session.cursor(name="events", binary=True) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_EVENTS.encode(), [upto, list(TOPICS)])
        for row in cursor:
            if (event := recorded(StoredEntry(*row))) is not None:
                yield event
            read += 1
            if read % _AT_ONCE == 0:
                progress(read, upto)
    progress(upto, upto)


def _compared(session: psycopg.Connection[TupleRow], recount: Recount, upto: int) -> FiguresAudited:
    """Compare month by month, so that no more than a month's figures are in memory."""
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    found: list[Differing] = []
    figures = 0
    known = {month for (month,) in session.execute("SELECT DISTINCT month FROM figures.tallies").fetchall()}
    for month in sorted(known | recount.months()):
        for per in _PERS:
            then, now, always = (_shown(session, per, month, at) for at in (upto, None, _ALL))
            of = recount.of_service if per == "service" else recount.of_agency
            names = recount.agencies if per == "service" else set(recount.agencies.values())
            for table, shown, expected in (
                ("changes", then, _recounted(of, {*names, *then}, month)),
                ("tallies", now, always),
            ):
                for name in sorted({*shown, *expected}):
                    ours, theirs = shown.get(name, _NOTHING), expected.get(name, _NOTHING)
                    figures += len(theirs)
                    found += [
                        Differing(table, per, name, month, each, ours[each], theirs[each])
                        for each in theirs
                        if ours[each] != theirs[each]
                    ]
    session.execute("COMMIT")
    return FiguresAudited(upto, figures, found[:MOST])


def _recounted(of: Callable[[str, str], Month], names: set[str], month: str) -> Mapping[str, Mapping[str, str | None]]:
    return {name: _by_hand(of(name, month)) for name in names}


def _by_hand(month: Month) -> Mapping[str, str | None]:
    return {each.id: written(each.id, month) for each in CATALOGUE.indicators}


def _shown(
    session: psycopg.Connection[TupleRow], per: Per, month: str, position: int | None
) -> Mapping[str, Mapping[str, str | None]]:
    """Return name -> indicator -> figure by the question that the public is answered by, with nothing withheld."""
    asked = parameters_of(month, position, "", _ALL)
    rows = session.execute(question(per, then=position is not None).encode(), asked).fetchall()
    return {name: _figures(list(parts.values())) for name, parts in gathered(rows).items()}


def _figures(parts: Sequence[Tally]) -> Mapping[str, str | None]:
    return {each.id: computed_figure(each, parts).value for each in CATALOGUE.indicators}


_NOTHING: Final = _by_hand(Month())
