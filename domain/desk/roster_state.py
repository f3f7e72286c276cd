"""Who sits at a desk after its events, who of them is away, and which conflicts are declared."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain.desk.events import (
    AbsenceDeclared,
    AbsenceEnded,
    ConflictDeclared,
    ConflictEnded,
    SeatLeft,
    SeatTaken,
)
from domain.event import Event, UnknownEventError


class Seat(NamedTuple):
    """From when to when its holder is away (last day None: until further notice), and the conflicts' numbers."""

    first_day: date | None = None
    last_day: date | None = None
    conflicts: frozenset[int] = frozenset()

    def is_away(self, day: date) -> bool:
        """Return whether the seat's holder is away on that day."""
        if self.first_day is None or day < self.first_day:
            return False
        return self.last_day is None or day <= self.last_day


class Roster(NamedTuple):
    """The seats that are held, those that were, and how many conflicts were ever declared."""

    seats: Mapping[UUID, Seat]
    left: frozenset[UUID] = frozenset()
    conflicts: int = 0


EMPTY: Final = Roster({})


def evolve_roster(roster: Roster, event: Event) -> Roster:
    """Return the roster after one more event.

    Raises:
        UnknownEventError: the event is not about the roster.
    """
    match event:
        case SeatTaken():
            return _with(roster, event.seat, Seat())
        case SeatLeft():
            rest = {seat: held for seat, held in roster.seats.items() if seat != event.seat}
            return roster._replace(seats=rest, left=roster.left | {event.seat})
        case AbsenceDeclared():
            away = roster.seats[event.seat]._replace(first_day=event.first_day, last_day=event.last_day)
            return _with(roster, event.seat, away)
        case AbsenceEnded():
            return _with(roster, event.seat, roster.seats[event.seat]._replace(first_day=None, last_day=None))
        case ConflictDeclared():
            held = roster.seats[event.seat]
            in_conflict = held._replace(conflicts=held.conflicts | {event.number})
            return _with(roster, event.seat, in_conflict)._replace(conflicts=event.number)
        case ConflictEnded():
            held = roster.seats[event.seat]
            return _with(roster, event.seat, held._replace(conflicts=held.conflicts - {event.number}))
        case _:
            raise UnknownEventError(event)


def _with(roster: Roster, seat: UUID, held: Seat) -> Roster:
    return roster._replace(seats={**roster.seats, seat: held})
