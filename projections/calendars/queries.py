"""Reads calendars, as they were known at a position."""

from collections.abc import Sequence
from typing import Any

import orjson

from projections.calendars.types import ActOfCalendar, Calendar
from projections.reading import ViewReader


def _version(calendar: str) -> str:
    """Return what reads the version of a calendar by then: acts are numbered in the order of their positions."""
    known = f"SELECT a.number FROM calendars.acts a WHERE a.calendar = {calendar} AND a.position <= %b"  # noqa: S608 - a column, or a parameter
    return f"({known} ORDER BY a.position DESC LIMIT 1)"


_COLUMNS = f"c.calendar, c.jurisdiction, c.territory, c.working_week, {_version('c.calendar')}"
_PAGE = f"""
SELECT {_COLUMNS} FROM calendars.calendars c WHERE c.calendar > %b AND c.position <= %b ORDER BY c.calendar LIMIT %b
"""  # noqa: S608 - constant columns
_ONE = f"SELECT {_COLUMNS} FROM calendars.calendars c WHERE c.calendar = %b AND c.position <= %b"  # noqa: S608 - same
_ACTS = f"""
SELECT number, position, act, entries FROM calendars.acts
 WHERE calendar = %b AND number > %b AND number <= {_version("%b")} ORDER BY number LIMIT %b
"""  # noqa: S608 - no value in it


class Calendars:
    """The calendars and their acts."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(self, position: int, *, after: str = "", limit: int = 50) -> list[Calendar]:
        """Return the calendars after a name, in the order of their names, by what was known at a position."""
        return [_calendar(row) for row in await self._reader.fetch(_PAGE, [position, after, position, limit])]

    async def calendar(self, slug: str, position: int) -> Calendar | None:
        """Return a calendar by what was known at a position; None when it was not there."""
        rows = await self._reader.fetch(_ONE, [position, slug, position])
        return _calendar(rows[0]) if rows else None

    async def acts(self, slug: str, position: int, *, after: int = 0, limit: int = 50) -> list[ActOfCalendar]:
        """Return the acts of a calendar after one of them, in the order in which they became known."""
        rows = await self._reader.fetch(_ACTS, [slug, after, slug, position, limit])
        return [
            ActOfCalendar.model_validate(
                {"number": number, "position": at, "act": orjson.loads(act), "entries": orjson.loads(entries)}
            )
            for number, at, act, entries in rows
        ]


def _calendar(row: Sequence[Any]) -> Calendar:
    slug, jurisdiction, territory, working_week, version = row
    return Calendar(
        slug=slug, jurisdiction=jurisdiction, territory=territory, working_week=working_week, version=version
    )
