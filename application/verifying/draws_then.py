"""Tells whom the draws of a desk were for, and since when its cases are drawn for."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self
from uuid import UUID

from application.verifying.occurrence import Occurrence
from domain.desk.events import OfficialDrawn


class DrawsThen(NamedTuple):
    """A desk's draws: the position from which it has any (None: it has none), and number -> case and position.

    `first_drawn` is case -> the position of its first draw.
    """

    opened_at: int | None
    drawn: Mapping[int, tuple[UUID, int]]
    first_drawn: Mapping[UUID, int]

    @classmethod
    def of(cls, events: Sequence[Occurrence]) -> Self:
        """Return what the events of a desk's stream tell."""
        drawn = {
            one.event.number: (one.event.case_id, one.position)
            for one in events
            if isinstance(one.event, OfficialDrawn)
        }
        first_drawn: dict[UUID, int] = {}
        for case_id, position in drawn.values():
            first_drawn.setdefault(case_id, position)
        return cls(events[0].position if events else None, drawn, first_drawn)

    def was_drawn(self, number: int, case_id: UUID, before: int) -> bool:
        """Return whether the draw of that number picked somebody for the case before a position."""
        found = self.drawn.get(number)
        return found is not None and found[0] == case_id and found[1] < before

    def had_one(self, case_id: UUID, before: int) -> bool:
        """Return whether a draw had picked somebody for the case before a position."""
        return self.first_drawn.get(case_id, before) < before

    def were_held(self, position: int) -> bool:
        """Return whether the desk's cases were drawn for at a position."""
        return self.opened_at is not None and self.opened_at < position
