"""Reads the figures of services and agencies in a month."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from psycopg.rows import TupleRow

from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.figures import figures_of
from domain.evaluation.measures import NOT_ONLINE, ONLINE, PHASES, Tally
from domain.evaluation.stars import stars_of
from projections.figures.types import CriterionStars, FigureShown, MonthlyFigures, Per, StarsShown
from projections.reading import ViewReader

_LAST: Final = (1 << 63) - 1
_OF_SERVICES = """
    SELECT service AS name, service FROM figures.services WHERE service > %b ORDER BY service LIMIT %b
"""
_OF_AGENCIES = """
    SELECT page.agency AS name, s.service
      FROM (SELECT agency FROM figures.agencies WHERE agency > %b ORDER BY agency LIMIT %b) AS page
      JOIN figures.services s ON s.agency = page.agency
"""
_PAGES: Final[Mapping[Per, str]] = {"service": _OF_SERVICES, "agency": _OF_AGENCIES}
_NOW = """
    SELECT measure, detail, amount FROM figures.tallies WHERE service = page.service AND month = asked.month
"""
_THEN = """
    SELECT measure, detail, sum(amount)::bigint AS amount FROM figures.changes
     WHERE service = page.service AND month = asked.month AND position <= asked.upto GROUP BY measure, detail
"""
# The version that holds on the last day; one that ended before holds no longer, and none from before it does again.
_HELD = """
    SELECT online, phases - online AS others FROM (
        SELECT to_day, phases, online FROM figures.versions
         WHERE service = page.service AND from_day <= asked.last_day AND position <= asked.upto
         ORDER BY from_day DESC, position DESC LIMIT 1) AS last
     WHERE to_day IS NULL OR to_day >= asked.last_day
"""


def question(per: Per, *, then: bool) -> str:
    """Return the query for a page of tallies, as of now or of then."""
    page, amounts = _PAGES[per], _THEN if then else _NOW
    return f"""
SELECT page.name, page.service, counted.measure, counted.detail, counted.amount
  FROM (SELECT %b AS month, %b AS last_day, %b AS upto) AS asked CROSS JOIN ({page}) AS page
  LEFT JOIN LATERAL ({amounts}
    UNION ALL SELECT '{PHASES}', part.detail, part.amount FROM ({_HELD}) AS held
        CROSS JOIN LATERAL (VALUES ('{ONLINE}', held.online), ('{NOT_ONLINE}', held.others)) AS part (detail, amount)
  ) AS counted ON true ORDER BY page.name
"""  # noqa: S608 - constant parts


class Figures:
    """The figures of services and of agencies, by month."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self, per: Per, month: str, *, position: int | None = None, after: str = "", limit: int = 50
    ) -> list[MonthlyFigures]:
        """Return the figures in a month of the services or agencies after a name, in the order of their names.

        Args:
            per: whose figures.
            month: the month, as YYYY-MM.
            position: what was recorded up to it counts; None: all that the view has.
            after: the name.
            limit: how many at most.
        """
        asked = parameters_of(month, position, after, limit)
        rows = await self._reader.fetch(question(per, then=position is not None), asked)
        return [shown(name, month, list(parts.values())) for name, parts in gathered(rows).items()]


def parameters_of(month: str, position: int | None, after: str, limit: int) -> list[object]:
    """Return the parameters of a question."""
    return [month, last_day_of(month).toordinal(), _LAST if position is None else position, after, limit]


def last_day_of(month: str) -> date:
    """Return the last day of a month, given as YYYY-MM."""
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def shown(name: str, month: str, parts: Sequence[Tally]) -> MonthlyFigures:
    """Return the figures and stars of the services with these tallies together, as they are published."""
    figures = figures_of(CATALOGUE.indicators, parts)
    stars = stars_of(CATALOGUE.stars, figures)
    return MonthlyFigures(
        name=name,
        month=month,
        catalogue=CATALOGUE.version,
        figures=tuple(FigureShown(indicator=each, value=one.value, why=one.why) for each, one in figures.items()),
        stars=StarsShown(
            formula=CATALOGUE.stars.version,
            overall=stars.overall,
            criteria=tuple(CriterionStars(criterion=each, stars=many) for each, many in stars.criteria.items()),
        ),
    )


def gathered(rows: Sequence[TupleRow]) -> Mapping[str, Mapping[str, Tally]]:
    """Return name -> service -> tally. A service without anything to count has an empty one."""
    found = defaultdict[str, dict[str, dict[str, dict[str, int]]]](dict)
    for name, service, measure, detail, amount in rows:
        tally = found[name].setdefault(service, {})
        if measure is not None:
            tally.setdefault(measure, {})[detail] = amount
    return found
