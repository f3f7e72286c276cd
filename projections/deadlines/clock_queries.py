"""Finds the cases for which the clock may have something to say: never too few, and few too many."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from projections.reading import ViewReader

Place: TypeAlias = tuple[int, UUID]
"""The day and the case after which the next page begins."""

FIRST: Final[Place] = (0, UUID(int=0))
LAST: Final[Place] = ((1 << 63) - 1, UUID(int=(1 << 128) - 1))
"""After every place: where a walk backwards begins."""

_UNDECIDED: Final = "ended_at IS NULL AND decided_on IS NULL"
_OF_KIND: Final = "service = %b AND service_version = %b AND calendar = %b AND time_zone = %b"
_NAMES: Final = "service, service_version, calendar, time_zone"
_NEXT_KIND: Final = f"SELECT {_NAMES} FROM deadlines.cases WHERE {_UNDECIDED} AND ({_NAMES}) >"  # noqa: S608 - constant columns
# Each kind is one step through the index, however many cases it has.
_KINDS = f"""
WITH RECURSIVE kinds AS (
    ({_NEXT_KIND} ('', 0, '', '') ORDER BY {_NAMES} LIMIT 1)
    UNION ALL
    SELECT next.* FROM kinds AS k CROSS JOIN LATERAL (
        {_NEXT_KIND} (k.service, k.service_version, k.calendar, k.time_zone) ORDER BY {_NAMES} LIMIT 1
    ) AS next
)
SELECT {_NAMES} FROM kinds
"""  # noqa: S608 - constant columns
_DUE = f"""
SELECT last_day, case_id FROM deadlines.cases
 WHERE {_UNDECIDED} AND {_OF_KIND} AND (last_day, case_id) > (%b, %b) AND last_day <= %b
   AND ((last_day < %b AND marked_overdue_on IS NULL)
        OR (last_day >= %b AND warned_of IS DISTINCT FROM last_day)
        OR last_day + (escalations + 1) * %b < %b)
 ORDER BY last_day, case_id LIMIT %b
"""  # noqa: S608 - constant columns
_UNANSWERED = f"""
SELECT asked_on, case_id FROM deadlines.cases
 WHERE {_UNDECIDED} AND {_OF_KIND} AND asked_on IS NOT NULL AND (asked_on, case_id) > (%b, %b) AND asked_on <= %b
 ORDER BY asked_on, case_id LIMIT %b
"""  # noqa: S608 - constant columns
_UNPUBLISHED = """
SELECT publish_by, case_id FROM deadlines.cases
 WHERE publish_by IS NOT NULL AND (publish_by, case_id) > (%b, %b) AND publish_by < %b
 ORDER BY publish_by, case_id LIMIT %b
"""
_COUNTED_BY = f"""
SELECT last_day, case_id FROM deadlines.cases
 WHERE {_UNDECIDED} AND calendar = %b AND last_day >= %b AND (last_day, case_id) < (%b, %b)
 ORDER BY last_day DESC, case_id DESC LIMIT %b
"""  # noqa: S608 - constant columns


class KindOfCase(NamedTuple):
    """What undecided cases have in common whose dates are counted alike; an empty calendar: Monday to Friday."""

    service: str
    service_version: int
    calendar: str
    time_zone: str


class ClockBounds(NamedTuple):
    """The days from which the clock has something to say of a kind of case.

    Attributes:
        today: the local date.
        asked_until: a question that was asked on this day or before is not answered in time; None: none ever is late.
        near_until: a last day from today until this one is near.
        escalated_every: an overdue case is escalated each time after so many days, or later; None: it never is.
    """

    today: date
    asked_until: date | None = None
    near_until: date | None = None
    escalated_every: int | None = None


class ClockQueries:
    """Which cases the clock looks at. A page is in the order of a day and the case; its last place begins the next."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def kinds(self) -> list[KindOfCase]:
        """Return the kinds of the undecided cases."""
        return [KindOfCase(*row) for row in await self._reader.fetch(_KINDS, [])]

    async def due(self, kind: KindOfCase, bounds: ClockBounds, after: Place, limit: int) -> Sequence[Place]:
        """Return cases of a kind that are near their last day, overdue or to be escalated; some may need nothing."""
        today = bounds.today.toordinal()
        until = today - 1 if bounds.near_until is None else max(today - 1, bounds.near_until.toordinal())
        # A year of ten million days: no case is overdue for so long.
        every = bounds.escalated_every or 10_000_000
        return await self._places(_DUE, [*kind, *after, until, today, today, every, today, limit])

    async def unanswered(self, kind: KindOfCase, bounds: ClockBounds, after: Place, limit: int) -> Sequence[Place]:
        """Return cases of a kind whose applicant has not answered in time."""
        if bounds.asked_until is None:
            return []
        return await self._places(_UNANSWERED, [*kind, *after, bounds.asked_until.toordinal(), limit])

    async def unpublished(self, today: date, after: Place, limit: int) -> Sequence[Place]:
        """Return cases that were granted by silence, and whose grant was to be public before a day."""
        return await self._places(_UNPUBLISHED, [*after, today.toordinal(), limit])

    async def counted_by(self, calendar: str, from_day: date, before: Place, limit: int) -> Sequence[Place]:
        """Return undecided cases whose last day was counted by a calendar and is not before a day; the last one first.

        Whoever moves them on meanwhile, to later days, does not meet them again.
        """
        return await self._places(_COUNTED_BY, [calendar, from_day.toordinal(), *before, limit])

    async def _places(self, query: str, values: Sequence[object]) -> list[Place]:
        return [(day, case_id) for day, case_id in await self._reader.fetch(query, values)]
