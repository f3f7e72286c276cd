"""Reads what once only comes to, divided by service, agency, resource or month.

As of a position, a part of which everything was counted before it is answered from the sums of now. Of others, whole
blocks of positions are summed, and the changes in the last block: no question sums all changes of a part.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from psycopg.rows import TupleRow

from domain.evaluation.indicators import FEW
from ledger.postgresql.arrays import texts
from projections.once_only.measures import REQUESTED
from projections.once_only.shown import shown
from projections.once_only.tables import BLOCK_BITS
from projections.once_only.types import OnceOnlyCounts, Per
from projections.reading import ViewReader

_IS_OF_PART = "{0}.month = p.month AND {0}.resource = p.resource AND {0}.service = p.service AND {0}.agency = p.agency"
_NOW = f"""
    SELECT t.measure, t.detail, t.amount FROM once_only.tallies t WHERE {_IS_OF_PART.format("t")}
"""  # noqa: S608 - constant columns
_LAST = f"""
    SELECT c.position FROM once_only.changes c WHERE {_IS_OF_PART.format("c")}
     ORDER BY c.month DESC, c.resource DESC, c.service DESC, c.agency DESC, c.position DESC LIMIT 1
"""  # noqa: S608 - constant columns
_THEN = f"""
    SELECT s.measure, s.detail, sum(s.amount)::bigint AS amount FROM (
        SELECT t.measure, t.detail, t.amount FROM once_only.tallies t
         WHERE {_IS_OF_PART.format("t")} AND l.position <= asked.upto
        UNION ALL
        SELECT b.measure, b.detail, b.amount FROM once_only.blocks b
         WHERE {_IS_OF_PART.format("b")} AND l.position > asked.upto AND b.block < asked.upto >> {BLOCK_BITS}
        UNION ALL
        SELECT c.measure, c.detail, c.amount FROM once_only.changes c
         WHERE {_IS_OF_PART.format("c")} AND l.position > asked.upto
           AND c.position BETWEEN asked.upto >> {BLOCK_BITS} << {BLOCK_BITS} AND asked.upto) AS s
     GROUP BY s.measure, s.detail
"""  # noqa: S608 - constant columns


MOST_PARTS = 5000
"""A page reads no more parts than these, unless a single name has more."""


class Wanted(NamedTuple):
    """What is asked for: counts by `per`, of everything or only of these."""

    per: Per
    month: str | None = None
    service: str | None = None
    agency: str | None = None
    resource: str | None = None

    @property
    def only(self) -> Mapping[str, str]:
        """Column -> the value that it must have."""
        return {name: value for name, value in self._asdict().items() if name != "per" and value is not None}


class OnceOnlyPage(NamedTuple):
    """Counts in the order of their names; the next page begins after `last`, if there may be one."""

    items: Sequence[OnceOnlyCounts]
    last: str | None


class OnceOnly:
    """What applicants are spared, and what they are asked all the same."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self, wanted: Wanted, *, position: int | None = None, after: str = "", limit: int = 50
    ) -> OnceOnlyPage:
        """Return the counts after a name, in the order of their names.

        Args:
            wanted: whose counts.
            position: what was recorded up to it counts; None: all that the view has.
            after: the name.
            limit: how many names at most; there are fewer where that would be too many parts. Those of which nothing
                had been counted then are left out.
        """
        only = list(wanted.only.values())
        found = await self._reader.fetch(_names(wanted), [after, *only, MOST_PARTS + 1])
        # The last one may have more parts than were looked at, so that it is for the next page, or for one of its own.
        is_cut = sum(parts for _, parts in found) > MOST_PARTS
        names = [name for name, _ in found][: max(1, len(found) - 1) if is_cut else None][:limit]
        upto = [] if position is None else [position]
        rows = await self._reader.fetch(question(wanted, then=position is not None), [*upto, texts(names), *only])
        items = [shown(name, tally, few) for name, (tally, few) in _gathered(rows).items()]
        return OnceOnlyPage(items, names[-1] if names and (is_cut or len(names) == limit) else None)


def _names(wanted: Wanted) -> str:
    """Return the query for the names of a page, each with how many parts it has, as far as they were looked at."""
    return f"""
SELECT s.name, count(*) FROM (
    SELECT p.{wanted.per} AS name FROM once_only.parts p
     WHERE p.{wanted.per} > %b{_only(wanted)} ORDER BY 1 LIMIT %b) AS s
 GROUP BY s.name ORDER BY s.name
"""  # noqa: S608 - constant columns


def question(wanted: Wanted, *, then: bool) -> str:
    """Return the query for the tallies of names, as of now or of then.

    OFFSET keeps the planner from comparing all parts with all names.
    """
    begin = "SELECT %b::bigint AS upto" if then else "SELECT 1 AS now"
    amounts = (
        f"CROSS JOIN LATERAL ({_LAST}) AS l CROSS JOIN LATERAL ({_THEN})" if then else f"CROSS JOIN LATERAL ({_NOW})"
    )
    return f"""
SELECT page.name, counted.measure, counted.detail, sum(counted.amount)::bigint,
       coalesce(sum(counted.amount) FILTER (WHERE counted.amount < {FEW}), 0)::bigint
  FROM ({begin}) AS asked CROSS JOIN unnest(%b) AS page (name)
  CROSS JOIN LATERAL (
    SELECT p.* FROM once_only.parts p WHERE p.{wanted.per} = page.name{_only(wanted)} OFFSET 0) AS p
  {amounts} AS counted
 GROUP BY 1, 2, 3 ORDER BY 1
"""  # noqa: S608 - constant columns


def _only(wanted: Wanted) -> str:
    return "".join(f" AND p.{column} = %b" for column in wanted.only)


def _gathered(rows: Sequence[TupleRow]) -> Mapping[str, tuple[Mapping[str, Mapping[str, int]], int]]:
    """Return name -> tally, and how many of its requests are of parts that have too few."""
    tallies = defaultdict[str, dict[str, dict[str, int]]](lambda: defaultdict(dict))
    few = defaultdict[str, int](int)
    for name, measure, detail, amount, in_small_parts in rows:
        if amount:
            tallies[name][measure][detail] = amount
        if measure == REQUESTED:
            few[name] += in_small_parts
    return {name: (tally, few[name]) for name, tally in tallies.items()}
