"""Reads which services ask applicants for what an integrated resource answers: the register beside the catalogue."""

from collections.abc import Sequence
from typing import Any

from projections.as_of import Then
from projections.catalogue.in_force import ASKED, IN_FORCE, STILL, when
from projections.reading import ViewReader
from projections.resource_register.types import Violation

_NAMES = tuple(Violation.model_fields)
# OFFSET 0 makes the planner look each row up; without it, it may scan whole tables for each.
# A violation begins when the later of the two is there: the version that asks, or the resource that answers.
_HELD = f"""
SELECT found.service, found.number, found.agency, found.resource, array_agg(found.element ORDER BY found.element),
       min(found.since), max(owed.publish_by)
  FROM (SELECT g.service, v.stream, v.number, s.agency, w.resource, w.element, asked.upto,
               greatest(v.published_at, r.integrated_at) AS since
          FROM {ASKED}
         CROSS JOIN LATERAL (
            SELECT * FROM resource_register.answers w WHERE w.until > asked.upto AND w.since <= asked.upto OFFSET 0) w
         CROSS JOIN LATERAL (SELECT * FROM catalogue.asking g WHERE g.element = w.element OFFSET 0) g
         CROSS JOIN LATERAL (
            SELECT r.integrated_at FROM resource_register.resource_versions r
             WHERE r.resource = w.resource AND r.position = w.since OFFSET 0) r
         CROSS JOIN LATERAL (SELECT * FROM catalogue.services s WHERE s.stream = g.stream OFFSET 0) s
         {IN_FORCE}
         CROSS JOIN LATERAL (
            SELECT FROM catalogue.questions q
             WHERE q.stream = v.stream AND q.number = v.number AND q.element = w.element OFFSET 0) q
         WHERE {STILL} AND (g.service, w.resource) > (%b, %b) AND (%b = '' OR g.service = %b)) found
  LEFT JOIN LATERAL (
    SELECT d.publish_by FROM catalogue.duties d
     WHERE d.stream = found.stream AND d.number = found.number AND d.position <= found.upto
       AND d.resource = found.resource AND d.kind = 'held_elements_asked'
     ORDER BY d.position DESC LIMIT 1) owed ON true
 GROUP BY found.service, found.resource, found.number, found.agency ORDER BY found.service, found.resource LIMIT %b
"""  # noqa: S608 - constant columns


class Violations:
    """What applicants are asked for though a resource answers it."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self, then: Then, *, after: tuple[str, str] = ("", ""), limit: int = 50, service: str | None = None
    ) -> list[Violation]:
        """Return the violations after a service and resource, in the order of their names.

        Args:
            then: what was known, and when.
            after: the service and the resource after which the page begins.
            limit: the most violations to return.
            service: only violations of this service.
        """
        asked = [*await when(self._reader, then), *after, service or "", service or "", limit]
        return [_violation(row) for row in await self._reader.fetch(_HELD, asked)]


def _violation(row: Sequence[Any]) -> Violation:
    return Violation.model_validate(dict(zip(_NAMES, row, strict=True)))
