"""Reads the status of cases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ledger.postgresql.arrays import texts, uuids
from ledger.postgresql.group_commit import Gatherer
from ledger.store.entries import StoredEntry
from projections.case_status.fold import VIEW
from projections.case_status.types import CaseStatus
from projections.reading import ViewReader
from projections.replay import folded

_NAMES = tuple(CaseStatus.model_fields)
_COLUMNS = ", ".join(f"c.{name}" for name in _NAMES)
_BY_ID = f"SELECT {_COLUMNS} FROM unnest(%b) AS asked (case_id) JOIN case_status.cases c USING (case_id)"  # noqa: S608 - constant columns
_BY_REFERENCE = f"SELECT {_COLUMNS} FROM unnest(%b) AS asked (reference) JOIN case_status.cases c USING (reference)"  # noqa: S608 - constant columns


class CaseStatuses:
    """Where each case stands."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader
        self._gatherer = Gatherer[UUID, CaseStatus | None](self._by_ids, most=256)

    async def status(self, case_id: UUID) -> CaseStatus | None:
        """Return where a case stands; None when the view does not have it."""
        return await self._gatherer.ask(case_id)

    async def statuses(self, case_ids: Sequence[UUID]) -> list[CaseStatus | None]:
        """Return where each of the cases stands, in the given order."""
        return list(await self._by_ids(case_ids)) if case_ids else []

    async def by_reference(self, reference: str) -> CaseStatus | None:
        """Return where the case with a public number stands; the number must be in its one written form."""
        rows = await self._reader.fetch(_BY_REFERENCE, [texts([reference])])
        return _status(rows[0]) if rows else None

    async def _by_ids(self, case_ids: Sequence[UUID]) -> Sequence[CaseStatus | None]:
        rows = await self._reader.fetch(_BY_ID, [uuids(list(dict.fromkeys(case_ids)))])
        found = {status.case_id: status for status in map(_status, rows)}
        return [found.get(case_id) for case_id in case_ids]


def status_after(entries: Sequence[StoredEntry]) -> CaseStatus | None:
    """Return where a case stands after these events, which begin with its first; None when there are none."""
    if not entries:
        return None
    row = folded(VIEW, entries).keyed["cases"].get(entries[0].stream)
    return None if row is None else CaseStatus.model_validate(row)


def _status(row: Sequence[Any]) -> CaseStatus:
    return CaseStatus.model_validate(dict(zip(_NAMES, row, strict=True)))
