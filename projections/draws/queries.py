"""Reads draws, the desks that have them, and what a keeper has to do."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from projections.draws.types import Draw, DrawingDesk, KeepersChain, KeptDesk
from projections.reading import ViewReader

_NAMES: Final = tuple(Draw.model_fields)
_COLUMNS: Final = ", ".join(f"d.{name}" for name in _NAMES)
_OF_DESK: Final = tuple(DrawingDesk.model_fields)

_ALL = f"SELECT {_COLUMNS} FROM draws.draws d WHERE d.position > %b ORDER BY d.position LIMIT %b"  # noqa: S608 - constant columns
_AT_DESK = f"""
SELECT {_COLUMNS} FROM draws.draws d
 WHERE d.agency = %b AND d.desk = %b AND d.number > %b ORDER BY d.agency, d.desk, d.number LIMIT %b
"""  # noqa: S608 - constant columns
_UNDER_WAY = f"""
SELECT {_COLUMNS} FROM draws.draws d
 WHERE d.drawn_at IS NULL AND d.position > %b ORDER BY d.position LIMIT %b
"""  # noqa: S608 - constant columns
_VERSIONS = "SELECT versions FROM draws.draws WHERE agency = %b AND desk = %b AND number = %b"
_DESKS = f"""
SELECT {", ".join(_OF_DESK)} FROM draws.desks
 WHERE (agency, desk) > (%b, %b) ORDER BY agency, desk LIMIT %b
"""  # noqa: S608 - constant columns
_KEPT = """
SELECT desk_id, agency, desk, chains FROM draws.desks
 WHERE (agency, desk) > (%b, %b) ORDER BY agency, desk LIMIT %b
"""


class Draws:
    """The draws of all desks."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(self, *, after: int = 0, limit: int = 50) -> list[Draw]:
        """Return draws in the order in which they were requested, those after a position."""
        return [_draw(row) for row in await self._reader.fetch(_ALL, [after, limit])]

    async def at_desk(self, agency: str, desk: str, *, after: int = 0, limit: int = 50) -> list[Draw]:
        """Return a desk's draws after a number, in the order of their numbers."""
        return [_draw(row) for row in await self._reader.fetch(_AT_DESK, [agency, desk, after, limit])]

    async def draw(self, agency: str, desk: str, number: int) -> Draw | None:
        """Return one draw; None when the desk has none of that number."""
        found = await self.at_desk(agency, desk, after=number - 1, limit=1)
        return found[0] if found and found[0].number == number else None

    async def under_way(self, *, after: int = 0, limit: int = 50) -> list[Draw]:
        """Return draws that wait for a share, the oldest first, those after a position."""
        return [_draw(row) for row in await self._reader.fetch(_UNDER_WAY, [after, limit])]

    async def versions(self, agency: str, desk: str, number: int) -> Sequence[int]:
        """Return the versions of the desk's stream that prove a draw: chains, request, shares, pick. None: no draw."""
        rows = await self._reader.fetch(_VERSIONS, [agency, desk, number])
        versions: list[int] = orjson.loads(rows[0][0]) if rows else []
        return versions

    async def desks(self, *, after: tuple[str, str] = ("", ""), limit: int = 50) -> list[DrawingDesk]:
        """Return the desks whose cases are drawn for, those after an agency and a desk, by their names."""
        rows = await self._reader.fetch(_DESKS, [*after, limit])
        return [DrawingDesk.model_validate(dict(zip(_OF_DESK, row, strict=True))) for row in rows]

    async def kept_by(self, keeper: UUID, *, after: tuple[str, str] = ("", ""), limit: int = 50) -> list[KeptDesk]:
        """Return desks with the chain that a keeper has there; paged as `desks`."""
        rows = await self._reader.fetch(_KEPT, [*after, limit])
        return [KeptDesk(desk_id, agency, desk, _chain(chains, keeper)) for desk_id, agency, desk, chains in rows]


def _draw(row: Sequence[Any]) -> Draw:
    return Draw.model_validate(dict(zip(_NAMES, row, strict=True)))


def _chain(chains: str, keeper: UUID) -> KeepersChain | None:
    found = orjson.loads(chains).get(str(keeper))
    return None if found is None else KeepersChain(*(found[name] for name in KeepersChain._fields))
