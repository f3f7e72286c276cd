"""Reads which cases have messages to be made, and whose clocks have run out."""

from typing import NamedTuple
from uuid import UUID

import orjson

from projections.evidence_requests.fold import is_to_be_made
from projections.reading import ViewReader

_TO_MAKE = """
SELECT case_id, CASE WHEN ended = 0 THEN requests ELSE '{}' END, disputes FROM evidence_requests.cases
 WHERE to_make > 0 AND case_id > %b ORDER BY case_id LIMIT %b
"""
_DUE = """
SELECT due_at, case_id FROM evidence_requests.cases
 WHERE due_at IS NOT NULL AND (due_at, case_id) > (%b, %b) AND due_at < %b ORDER BY due_at, case_id LIMIT %b
"""
NOBODY = UUID(int=0)


class ToMake(NamedTuple):
    """The requests and disputes of a case of which messages must be made."""

    case_id: UUID
    requests: tuple[UUID, ...]
    disputes: tuple[UUID, ...]


class EvidenceRequests:
    """What cases wait for."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def to_make(self, *, after: UUID = NOBODY, limit: int = 100) -> list[ToMake]:
        """Return cases with messages to be made, after a case, in the order of their ids."""
        return [
            ToMake(
                case_id,
                tuple(UUID(name) for name, request in orjson.loads(requests).items() if is_to_be_made(request)),
                tuple(UUID(name) for name in orjson.loads(disputes)),
            )
            for case_id, requests, disputes in await self._reader.fetch(_TO_MAKE, [after, limit])
        ]

    async def due(
        self, before: int, *, after: tuple[int, UUID] = (0, NOBODY), limit: int = 100
    ) -> list[tuple[int, UUID]]:
        """Return the cases whose next clock runs out before an instant in microseconds, the earliest first."""
        return [(at, case_id) for at, case_id in await self._reader.fetch(_DUE, [*after, before, limit])]
