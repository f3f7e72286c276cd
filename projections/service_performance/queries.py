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

    async def page(self, at: datetime, *, after: str = "", limit: int = 50) -> list[ServicePerformance]:
        """Return the counts of services in the order of their names, those after a name."""
        return [_performance(row) for row in await self._reader.fetch(_PAGE, [micros_at(at), after, limit])]


def _performance(row: Sequence[Any]) -> ServicePerformance:
    return ServicePerformance.model_validate(dict(zip(_NAMES, row, strict=True)))
