"""Reads timelines; one statement answers all who ask at the same time."""

from collections.abc import Sequence
from uuid import UUID

from ledger.postgresql.arrays import uuids
from ledger.postgresql.group_commit import Gatherer
from projections.case_history.types import HistoryRow
from projections.reading import ViewReader

_HISTORIES = """
SELECT asked.number, e.version, e.position, e.stream, e.entry, e.sealed
  FROM unnest(%b) WITH ORDINALITY AS asked (case_id, number)
 CROSS JOIN LATERAL (SELECT * FROM case_history.entries e WHERE e.case_id = asked.case_id) e
 ORDER BY asked.number, e.position
"""


class CaseHistory:
    """The timeline of each case."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader
        self._gatherer = Gatherer[UUID, list[HistoryRow]](self._histories, most=128)

    async def history(self, case_id: UUID) -> list[HistoryRow]:
        """Return a case's events, oldest first; none when the view does not have the case."""
        return await self._gatherer.ask(case_id)

    async def _histories(self, case_ids: Sequence[UUID]) -> Sequence[list[HistoryRow]]:
        histories: list[list[HistoryRow]] = [[] for _ in case_ids]
        for number, *row in await self._reader.fetch(_HISTORIES, [uuids(case_ids)]):
            histories[number - 1].append(HistoryRow(*row))
        return histories
