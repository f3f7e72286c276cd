"""Reads which services' agencies must be told of the register: what it answers, and what it answers no more."""

from typing import Final
from uuid import UUID

from projections.as_of import Then
from projections.catalogue.in_force import ASKED, STILL, TODAY, when
from projections.reading import ViewReader
from projections.resource_register.tables import NO_END

# OFFSET 0 makes the planner look each row up; without it, it may scan whole tables for each.
_ANSWERED: Final = f"SELECT FROM resource_register.answers w WHERE w.until = {NO_END} AND w.element"
_HELD: Final = f"""
    SELECT FROM catalogue.questions q
     WHERE q.stream = v.stream AND q.number = v.number AND EXISTS ({_ANSWERED} = q.element OFFSET 0)
       AND NOT EXISTS (
        SELECT FROM catalogue.told t
         WHERE t.stream = v.stream AND t.number = v.number AND t.kind = 'held_elements_asked' AND t.element = q.element
           AND EXISTS ({_ANSWERED} = t.element AND w.resource = t.resource OFFSET 0) OFFSET 0) OFFSET 0"""  # noqa: S608 - constant parts
_LOST: Final = f"""
    SELECT FROM catalogue.evidence n
     WHERE n.stream = v.stream AND n.number = v.number
       AND NOT EXISTS ({_ANSWERED} = n.element AND w.resource = n.resource OFFSET 0)
       AND NOT EXISTS (
        SELECT FROM catalogue.told t
         WHERE t.stream = v.stream AND t.number = v.number AND t.kind = 'evidence_source_lost' AND t.element = n.element
           AND t.resource = n.resource OFFSET 0) OFFSET 0"""  # noqa: S608 - constant parts
# A version holds today or later if none that was published after it begins to hold before it does.
_SERVICES: Final = f"""
SELECT s.service, s.stream, EXISTS (
    SELECT FROM catalogue.versions v
     WHERE v.stream = s.stream AND v.published_in >= begun.published_in AND {STILL}
       AND NOT EXISTS (
        SELECT FROM catalogue.versions l
         WHERE l.stream = v.stream AND l.published_in > v.published_in
           AND coalesce(l.valid_from, 0) <= coalesce(v.valid_from, 0) OFFSET 0)
       AND (EXISTS ({_HELD}) OR EXISTS ({_LOST})) OFFSET 0)
  FROM {ASKED} CROSS JOIN LATERAL (
    SELECT * FROM catalogue.services s WHERE s.service > %b ORDER BY s.service LIMIT %b) s {TODAY}
 CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT b.published_in FROM catalogue.versions b
         WHERE b.stream = s.stream AND b.published_in > s.withdrawn_in
           AND (b.valid_from IS NULL OR b.valid_from <= today.day) ORDER BY b.published_in DESC LIMIT 1),
        s.withdrawn_in + 1) AS published_in OFFSET 0) begun
 ORDER BY s.service
"""  # noqa: S608 - constant parts
_PUBLISHED: Final = "SELECT EXISTS (SELECT FROM catalogue.publications p WHERE p.position > %b)"


class Untold:
    """What agencies have not been told yet, of the versions of their services that hold today or later."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(self, then: Then, *, after: str = "", limit: int = 500) -> tuple[list[UUID], str | None]:
        """Return those of the next services for which there is something to tell, and the last service's name.

        Args:
            then: the instant, whose day at each agency counts.
            after: the name of the service after which to look.
            limit: the most services to look at. The name is None when there was none left.
        """
        rows = await self._reader.fetch(_SERVICES, [*await when(self._reader, then), after, limit])
        return [stream for _, stream, is_untold in rows if is_untold], rows[-1][0] if rows else None

    async def published_after(self, position: int) -> bool:
        """Return whether a version of any service was published after a position."""
        [(was_published,)] = await self._reader.fetch(_PUBLISHED, [position])
        return bool(was_published)
