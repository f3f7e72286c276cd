"""Reads how services perform."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.case.deadlines import local_date
from ledger.postgresql.arrays import BinaryArray, int8s, texts
from projections.reading import ViewReader
from projections.service_performance.types import ServicePerformance

_NAMES = tuple(ServicePerformance.model_fields)
_COLUMNS = ", ".join("o.overdue" if name == "overdue" else f"t.{name}" for name in _NAMES)
# Each case has the date in its own time zone. The latest of all dates comes first, for the index.
_TODAY = "(%b)[array_position(%b, c.time_zone)]"
_PERFORMANCE = f"""
SELECT {_COLUMNS} FROM service_performance.totals t CROSS JOIN LATERAL (
    SELECT count(*) AS overdue FROM service_performance.cases c
     WHERE c.service = t.service AND c.ended_on IS NULL AND c.last_day < %b AND c.last_day < {_TODAY}) o
"""  # noqa: S608 - constant columns
# The counts from the spells of a service, by what was recorded up to a position. A spell that ended counts until a
# reopening follows it.
_THEN = """
    SELECT count(*) FILTER (WHERE reopenings = 0) AS submitted,
           count(*) FILTER (WHERE is_open) AS open,
           count(*) FILTER (WHERE stands AND ended_by = 'closed') AS closed,
           count(*) FILTER (WHERE stands AND ended_by = 'closed' AND ended_on > last_day) AS late,
           count(*) FILTER (WHERE is_open AND last_day_then < (%b)[array_position(%b, time_zone)]) AS overdue,
           (SELECT count(*) FROM service_performance.overdue_marks
             WHERE service = asked.service AND position <= upto) AS marked_overdue,
           count(*) FILTER (WHERE stands AND ended_by = 'withdrawn') AS withdrawn,
           count(*) FILTER (WHERE is_decided AND outcome = 'granted') AS granted,
           count(*) FILTER (WHERE is_decided AND outcome = 'refused') AS refused,
           count(*) FILTER (WHERE is_decided AND outcome = 'partly') AS partly,
           count(*) FILTER (WHERE reopenings > 0) AS reopened,
           (SELECT count(*) FROM service_performance.steps WHERE service = asked.service AND position <= upto) AS steps
      FROM (SELECT s.*, ended_position IS NULL OR ended_position > upto AS is_open,
                   ended_position <= upto AND (reopened_position IS NULL OR reopened_position > upto) AS stands,
                   decided_position <= upto AND (reopened_position IS NULL OR reopened_position > upto) AS is_decided,
                   CASE WHEN counted_position <= upto THEN last_day ELSE (
                       SELECT p.last_day FROM service_performance.past_last_days p
                        WHERE p.case_id = s.case_id AND p.counted_position <= upto AND p.recounted_position > upto)
                   END AS last_day_then
              FROM (SELECT case_id, counted_position, reopenings, last_day, time_zone, decided_position, outcome,
                           ended_position, ended_on, ended_by, NULL::bigint AS reopened_position
                      FROM service_performance.cases WHERE service = asked.service AND opened_position <= upto
                    UNION ALL
                    SELECT case_id, counted_position, reopenings, last_day, time_zone, decided_position, outcome,
                           ended_position, ended_on, ended_by, reopened_position
                      FROM service_performance.past_spells
                     WHERE service = asked.service AND opened_position <= upto) AS s) AS spells
"""
_MOST_ZONES = 2000  # the IANA database has 600
_ZONES = "SELECT time_zone FROM service_performance.zones WHERE time_zone > %b ORDER BY time_zone LIMIT %b"
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
    """How each service performs."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def performance(self, service: str, at: datetime) -> ServicePerformance:
        """Return the counts of a service, with what is overdue at an instant; zeros when it has no requests yet."""
        rows = await self._reader.fetch(_ONE, [*await self._latest_and_dates(at), service])
        return _performance(rows[0] if rows else [service, *[0] * (len(_NAMES) - 1)])

    async def performance_then(self, service: str, position: int, at: datetime) -> ServicePerformance:
        """Return the counts of a service by what was recorded up to a position, and what was overdue at an instant."""
        [row] = await self._reader.fetch(_ONE_THEN, [service, position, *await self._dates(at)])
        return _performance(row)

    async def page_then(
        self, position: int, at: datetime, *, after: str = "", limit: int = 50
    ) -> list[ServicePerformance]:
        """Return the same for the services after a name, in the order of their names."""
        rows = await self._reader.fetch(_PAGE_THEN, [position, after, limit, *await self._dates(at)])
        return [_performance(row) for row in rows]

    async def page(self, at: datetime, *, after: str = "", limit: int = 50) -> list[ServicePerformance]:
        """Return the counts of the services after a name, in the order of their names."""
        return [
            _performance(row)
            for row in await self._reader.fetch(_PAGE, [*await self._latest_and_dates(at), after, limit])
        ]

    async def _latest_and_dates(self, at: datetime) -> tuple[int, BinaryArray, BinaryArray]:
        """Return the latest date of all zones at an instant, then the zones' dates."""
        return at.astimezone(UTC).date().toordinal() + 1, *await self._dates(at)

    async def _dates(self, at: datetime) -> tuple[BinaryArray, BinaryArray]:
        """Return the dates at an instant in the time zones that have cases, and these zones."""
        zones = [zone for (zone,) in await self._reader.fetch(_ZONES, ["", _MOST_ZONES])]
        return int8s([local_date(at, zone).toordinal() for zone in zones]), texts(zones)


def _performance(row: Sequence[Any]) -> ServicePerformance:
    return ServicePerformance.model_validate(dict(zip(_NAMES, row, strict=True)))
