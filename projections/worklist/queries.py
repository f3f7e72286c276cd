"""Reads worklists, oldest case first."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from ledger.postgresql.arrays import texts
from projections.reading import ViewReader
from projections.worklist.types import WorklistItem

_NAMES = tuple(WorklistItem.model_fields)
_COLUMNS = ", ".join(f"c.{name}" for name in _NAMES)


def _at_desks(condition: str) -> str:
    return f"""
SELECT {_COLUMNS} FROM unnest(%b) AS asked (desk) CROSS JOIN LATERAL (
    SELECT * FROM worklist.cases c
     WHERE c.agency = %b AND c.desk = asked.desk AND c.submitted_position > %b AND c.ended_at IS NULL{condition}
     ORDER BY c.agency, c.desk, c.submitted_position LIMIT %b) c
 ORDER BY c.submitted_position LIMIT %b
"""  # noqa: S608 - constant columns


_OPEN = _at_desks("")
_UNASSIGNED = _at_desks(" AND c.official IS NULL AND c.evidence_owed = 0")
# OFFSET 0 makes the planner look each official up; without it, it may scan the whole desk for each of them.
_ASSIGNED = f"""
SELECT {_COLUMNS} FROM unnest(%b) AS asked (official) CROSS JOIN LATERAL (
    SELECT * FROM worklist.cases c WHERE c.official = asked.official AND c.ended_at IS NULL OFFSET 0) c
 WHERE c.agency = %b AND c.desk = ANY (%b) AND c.submitted_position > %b
 ORDER BY c.submitted_position LIMIT %b
"""  # noqa: S608 - constant columns
_HELD = """
SELECT c.official FROM worklist.cases c
 WHERE c.agency = %b AND c.desk = %b AND c.ended_at IS NULL AND c.official IS NOT NULL
"""
# Each desk is looked up in the index of waiting cases; without OFFSET 0 the planner may read all of them.
_WAITING = """
SELECT d.agency, d.desk, c.case_id, c.submitted_position FROM unnest(%b, %b) AS d (agency, desk) CROSS JOIN LATERAL (
    SELECT * FROM worklist.cases c
     WHERE c.agency = d.agency AND c.desk = d.desk AND c.ended_at IS NULL AND c.official IS NULL AND c.evidence_owed = 0
     ORDER BY c.agency, c.desk, c.submitted_position LIMIT %b OFFSET 0) c
 ORDER BY d.agency, d.desk, c.submitted_position
"""


class Waiting(NamedTuple):
    """A case that waits for an official."""

    agency: str
    desk: str
    case_id: UUID
    submitted_position: int


class Worklist:
    """What waits at the desks of an agency."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self,
        agency: str,
        desks: Collection[str],
        *,
        after: int = 0,
        limit: int = 50,
        officials: Collection[str] | None = None,
        unassigned: bool = False,
    ) -> list[WorklistItem]:
        """Return open cases of these desks, oldest first.

        Args:
            agency: the agency of the desks.
            desks: the desks.
            after: the `submitted_position` of the last item of the page before.
            limit: the most cases to return.
            officials: only cases that are assigned to one of these pseudonyms.
            unassigned: only cases that are not assigned, and whose evidence is settled, so that they can be.
        """
        at, whose = texts(list(desks)), agency
        if officials is not None:
            parameters = [texts(list(officials)), whose, at, after, limit]
            rows = await self._reader.fetch(_ASSIGNED, parameters)
        else:
            rows = await self._reader.fetch(_UNASSIGNED if unassigned else _OPEN, [at, whose, after, limit, limit])
        return [WorklistItem.model_validate(dict(zip(_NAMES, row, strict=True))) for row in rows]

    async def held(self, agency: str, desk: str) -> list[UUID]:
        """Return the pseudonyms of officials in a desk's open cases."""
        return [UUID(official) for (official,) in await self._reader.fetch(_HELD, [agency, desk])]

    async def waiting(self, desks: Sequence[tuple[str, str]], at_each: int) -> list[Waiting]:
        """Return the oldest cases that wait for an official, at each of these desks (agency, desk) so many at most."""
        at = [texts([agency for agency, _ in desks]), texts([desk for _, desk in desks])]
        return [Waiting(*row) for row in await self._reader.fetch(_WAITING, [*at, at_each])]
