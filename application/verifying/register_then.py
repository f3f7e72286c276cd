"""Tells what the register of resources was after some of its events: what a decision may have been judged by."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from application.verifying.occurrence import IllegalEventError, Occurrence
from domain.envelope import COORDINATOR
from domain.event import UnknownEventError
from domain.register.events import CoordinatorNamed
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from domain.values import micros_at

_MOST_KEPT: Final = 64  # states at a time; what lies between two of them is folded again
_MICROSECOND: Final = timedelta(microseconds=1)
AT_ONCE: Final = timedelta(minutes=5)
"""The time within which a decision and a change of the register count as made at once.

The two are in different streams, so that a decision may have read the register before the change, and be appended after
it. The reaction to the register finds such a decision. What is older must have been known.
"""


class RegisterThen:
    """The register's events with the times at which they were recorded, and its states by the version of its stream."""

    def __init__(self, events: Sequence[Occurrence], recorded: Sequence[int]) -> None:
        self._events, self._recorded = events, recorded
        self._positions = [one.position for one in events]
        self._versions = [one.version for one in events]
        self._apart = 1 + len(events) // _MOST_KEPT
        self._kept: dict[int, RegisterState | None] = {0: None}
        self._last: tuple[int, RegisterState | None] = (0, None)
        namings = [one.event for one in events if isinstance(one.event, CoordinatorNamed)]
        self._namings = sorted(namings, key=attrgetter("begins_at"))

    def after(self, version: int) -> RegisterState | None:
        """Return the register at a version; None when it had not begun, or cannot be read so far."""
        count = bisect_right(self._versions, version)
        if count == 0 or self._versions[count - 1] != version:
            return None
        begin, state = self._last if self._last[0] <= count else (0, None)
        if (sparse := count - count % self._apart) in self._kept and sparse > begin:
            begin, state = sparse, self._kept[sparse]
        for number in range(begin, count):
            try:
                state = evolve(state, self._events[number].event)
            except (UnknownEventError, LookupError):
                return None  # reported where the register itself is judged
            if (number + 1) % self._apart == 0:
                self._kept[number + 1] = state
        self._last = (count, state)
        return state

    def judged_by(self, version: int, one: Occurrence) -> RegisterState | None:
        """Return the register by which an event says that it was judged.

        Raises:
            IllegalEventError: the register had not come so far, or everybody knew a later one for minutes.
        """
        if version > self.version_before(one.position):
            raise IllegalEventError("it was judged by a register that was not there yet")
        if version < self.known_at(one.envelope.occurred_at, one.position):
            raise IllegalEventError("it was judged by a register that had changed since")
        return self.after(version)

    def version_before(self, position: int) -> int:
        """Return the version that the register had before a position of the ledger; 0: none."""
        return self._version_of(bisect_right(self._positions, position - 1))

    def known_at(self, at: datetime, position: int) -> int:
        """Return the version that everybody must have known who decided at an instant what stands at a position."""
        known = bisect_right(self._recorded, micros_at(at) - AT_ONCE // _MICROSECOND)
        return min(self._version_of(known), self.version_before(position))

    def may_coordinate(self, pseudonym: str, at: datetime) -> bool:
        """Return whether whoever acted under this name could be the coordinator at an instant.

        Only the first naming begins at once, so only about it a decision at the same moment may not have known.
        """
        held = [event.agency for event in self._namings if event.begins_at <= at]
        if held:
            just_now = pseudonym == COORDINATOR.pseudonym and at - self._namings[0].begins_at < AT_ONCE
            return pseudonym == held[-1] or just_now
        return pseudonym == COORDINATOR.pseudonym

    def _version_of(self, count: int) -> int:
        return self._versions[count - 1] if count else 0
