"""Reads how services do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from projections.instants import micros_at
from projections.reading import ViewReader
from projections.service_performance.types import ServicePerformance

_NAMES = tuple(ServicePerformance.model_fields)
_COLUMNS = ", ".join("o.overdue" if name == "overdue" else f"t.{name}" for name in _NAMES)
_PERFORMANCE = f"""
SELECT {_COLUMNS} FROM service_performance.totals t CROSS JOIN LATERAL (
    SELECT count(*) AS overdue FROM service_performance.cases c
     WHERE c.service = t.service AND c.deadline < %b AND c.ended_at IS NULL) o
"""  # noqa: S608 - constant columns
# The counts that the spells of a service give, by what was recorded up to a position. A spell that ended counts until
# it is followed by a reopening.
_THEN = """
    SELECT count(*) FILTER (WHERE reopenings = 0) AS submitted,
           count(*) FILTER (WHERE is_open) AS open,
           count(*) FILTER (WHERE stands AND ended_by = 'closed') AS closed,
           count(*) FILTER (WHERE stands AND ended_by = 'closed' AND ended_at > deadline) AS late,
           count(*) FILTER (WHERE is_open AND deadline < %b) AS overdue,
           count(*) FILTER (WHERE stands AND ended_by = 'withdrawn') AS withdrawn,
           count(*) FILTER (WHERE is_decided AND outcome = 'granted') AS granted,
           count(*) FILTER (WHERE is_decided AND outcome = 'refused') AS refused,
           count(*) FILTER (WHERE is_decided AND outcome = 'partly') AS partly,
           count(*) FILTER (WHERE reopenings > 0) AS reopened,
           (SELECT count(*) FROM service_performance.steps WHERE service = asked.service AND position <= upto) AS steps
      FROM (SELECT s.*, ended_position IS NULL OR ended_position > upto AS is_open,
                   ended_position <= upto AND (reopened_position IS NULL OR reopened_position > upto) AS stands,
                   decided_position <= upto AND (reopened_position IS NULL OR reopened_position > upto) AS is_decided
              FROM (SELECT reopenings, deadline, decided_position, outcome, ended_position, ended_at, ended_by,
                           NULL::bigint AS reopened_position
                      FROM service_performance.cases WHERE service = asked.service AND opened_position <= upto
                    UNION ALL
                    SELECT reopenings, deadline, decided_position, outcome, ended_position, ended_at, ended_by,
                           reopened_position
                      FROM service_performance.past_spells
                     WHERE service = asked.service AND opened_position <= upto) AS s) AS spells
"""
_COUNTS = ", ".join(f"c.{name}" for name in _NAMES[1:])
_ONE_THEN = f"""
SELECT asked.service, {_COUNTS} FROM (SELECT %b AS service, %b AS upto) AS asked CROSS JOIN LATERAL ({_THEN}) AS c
"""  # noqa: S608 - constant columns
_PAGE_THEN = f"""
SELECT asked.service, {_COUNTS} FROM (
    SELECT service, %b AS upto FROM service_performance.totals WHERE service > %b ORDER BY service LIMIT %b) AS asked
 CROSS JOIN LATERAL ({_THEN}) AS c ORDER BY asked.service
"""  # noqa: S608 - constant columns
_ONE = f"{_PERFORMANCE} WHERE t.service = %b"
_PAGE = f"{_PERFORMANCE} WHERE t.service > %b ORDER BY t.service LIMIT %b"


class ServicePerformances:
    """How each service does."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def performance(self, service: str, at: datetime) -> ServicePerformance:
        """Return the counts of a service, with what is overdue at an instant; zeros when nobody has asked yet."""
        rows = await self._reader.fetch(_ONE, [micros_at(at), service])
        return _performance(rows[0] if rows else [service, *[0] * (len(_NAMES) - 1)])

    async def performance_then(self, service: str, position: int, at: datetime) -> ServicePerformance:
        """Return the counts of a service by what was recorded up to a position, with what was overdue at an instant."""
        [row] = await self._reader.fetch(_ONE_THEN, [service, position, micros_at(at)])
        return _performance(row)

    async def page_then(
        self, position: int, at: datetime, *, after: str = "", limit: int = 50
    ) -> list[ServicePerformance]:
        """Return the same for services in the order of their names, those after a name."""
        rows = await self._reader.fetch(_PAGE_THEN, [position, after, limit, micros_at(at)])
        return [_performance(row) for row in rows]

    async def page(self, at: datetime, *, after: str = "", limit: int = 50) -> list[ServicePerformance]:
        """Return the counts of services in the order of their names, those after a name."""
        return [_performance(row) for row in await self._reader.fetch(_PAGE, [micros_at(at), after, limit])]


def _performance(row: Sequence[Any]) -> ServicePerformance:
    return ServicePerformance.model_validate(dict(zip(_NAMES, row, strict=True)))
