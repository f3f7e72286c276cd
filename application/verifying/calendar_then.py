"""Tells what a calendar was after some of its acts: what a last day may have been counted by."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.register_then import AT_ONCE
from domain.calendar.state import MONDAY_TO_FRIDAY, CalendarState, KnownCalendar, evolve
from domain.event import UnknownEventError
from domain.values import micros_at

_JUST_NOW: Final = AT_ONCE // timedelta(microseconds=1)


class CalendarThen:
    """A calendar's acts, with the positions and times at which they were recorded."""

    def __init__(self, ones: Sequence[tuple[Occurrence, int]]) -> None:
        self._state: CalendarState | None = None
        self._acts: list[tuple[int, int]] = []
        for one, recorded in ones:
            try:
                self._state = evolve(self._state, one.event)
            except UnknownEventError:
                break  # reported where the calendar itself is judged
            self._acts.append((one.position, recorded))

    def counted_by(self, version: int, one: Occurrence) -> KnownCalendar:
        """Return the calendar by which an event says that its days were counted.

        Raises:
            IllegalEventError: it had not so many acts yet, or everybody knew a later one for minutes.
        """
        if version < 1 or version > sum(position < one.position for position, _ in self._acts):
            raise IllegalEventError("its days were counted by a calendar that was not there yet")
        known_since = micros_at(one.envelope.occurred_at) - _JUST_NOW
        if version < sum(recorded <= known_since and position < one.position for position, recorded in self._acts):
            raise IllegalEventError("its days were counted by a calendar that had changed since")
        return KnownCalendar(self._state, version)

    def version_at(self, position: int) -> int:
        """Return how many acts the calendar had up to and with a position of the ledger."""
        return sum(entered <= position for entered, _ in self._acts)


def without_calendar(version: int) -> KnownCalendar:
    """Return what counts the days where no calendar is named.

    Raises:
        IllegalEventError: the event says that it was counted by one.
    """
    if version != 0:
        raise IllegalEventError("its days were counted by a calendar, and none is named")
    return MONDAY_TO_FRIDAY
