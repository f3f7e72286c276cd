"""Reads deadlines, the earliest last day first."""

from datetime import date
from uuid import UUID

from projections.deadlines.types import Deadline
from projections.reading import ViewReader

_NAMES = tuple(Deadline.model_fields)
_FIRST = (0, UUID(int=0))
_NEVER = 1 << 62


def _due(condition: str, order: str) -> str:
    return f"""
SELECT {", ".join(_NAMES)} FROM deadlines.cases
 WHERE ended_at IS NULL AND (last_day, case_id) > (%b, %b) AND last_day < %b{condition}
 ORDER BY {order}last_day, case_id LIMIT %b
"""  # noqa: S608 - constant columns


_ALL = _due("", "")
_OF_AGENCY = _due(" AND agency = %b", "agency, ")
_OF_SERVICE = _due(" AND service = %b", "service, ")
_OF_BOTH = _due(" AND service = %b AND agency = %b", "service, ")


class Deadlines:
    """When open cases are due."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self,
        *,
        after: tuple[date, UUID] | None = None,
        limit: int = 50,
        agency: str | None = None,
        service: str | None = None,
        overdue_on: date | None = None,
    ) -> list[Deadline]:
        """Return open cases whose term has a last day, the earliest one first.

        Args:
            after: `last_day` and `case_id` of the last item of the page before.
            limit: how many at most.
            agency: only this agency's.
            service: only this service's.
            overdue_on: only those that are overdue on this local date: their last day was before it.
        """
        start = _FIRST if after is None else (after[0].toordinal(), after[1])
        end = _NEVER if overdue_on is None else overdue_on.toordinal()
        query = {(False, False): _ALL, (True, False): _OF_AGENCY, (False, True): _OF_SERVICE}.get(
            (agency is not None, service is not None), _OF_BOTH
        )
        names = [name for name in (service, agency) if name is not None]
        rows = await self._reader.fetch(query, [*start, end, *names, limit])
        return [Deadline.model_validate(dict(zip(_NAMES, row, strict=True))) for row in rows]
