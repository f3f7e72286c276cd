"""Reads deadlines, the earliest last day first."""

from datetime import date
from uuid import UUID

from projections.deadlines.types import Deadline
from projections.reading import ViewReader

_NAMES = tuple(Deadline.model_fields)
_FIRST = (0, UUID(int=0))
_NEVER = 1 << 62


def _due(*of: str, condition: str = "") -> str:
    # A range of the intended index instead of `service = %b`: with an equality the planner knows that the service does
    # not order anything, and may walk the terms of all services in order of the day to find those of a rare one.
    names = ", ".join([*of, "last_day"])
    cursor, end = (", ".join(["%b"] * (len(of) + more)) for more in (2, 1))
    return f"""
SELECT {", ".join(_NAMES)} FROM deadlines.cases
 WHERE ended_at IS NULL AND ({names}, case_id) > ({cursor}) AND ({names}) < ({end}){condition}
 ORDER BY {names}, case_id LIMIT %b
"""  # noqa: S608 - constant columns


_ALL = _due()
_OF_AGENCY = _due("agency")
_OF_SERVICE = _due("service")
_OF_BOTH = _due("service", condition=" AND agency = %b")


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
        """Return open cases whose term has a last day, earliest first.

        Args:
            after: `last_day` and `case_id` of the last item of the page before.
            limit: the most cases to return.
            agency: only cases of this agency.
            service: only cases of this service.
            overdue_on: only cases that are overdue on this local date: their last day was before it.
        """
        start = _FIRST if after is None else (after[0].toordinal(), after[1])
        end = _NEVER if overdue_on is None else overdue_on.toordinal()
        names = [name for name in (service, agency) if name is not None]
        query = {(False, False): _ALL, (True, False): _OF_AGENCY, (False, True): _OF_SERVICE}.get(
            (agency is not None, service is not None), _OF_BOTH
        )
        of, rest = names[:1], names[1:]
        rows = await self._reader.fetch(query, [*of, *start, *of, end, *rest, limit])
        return [Deadline.model_validate(dict(zip(_NAMES, row, strict=True))) for row in rows]
