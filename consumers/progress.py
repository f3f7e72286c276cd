"""Tells an operator how far it is while a day is moved: now and then, and not at all where few cases are met."""

import logging
import math
from datetime import date
from typing import Final

_FEW: Final = 1_000
_MANY: Final = 10_000
_EVERY: Final = 10.0
_log = logging.getLogger(__name__)


class Progress:
    """How many cases one look has met; it says so every ten seconds, and every ten thousand cases.

    The cases come with the latest last day first, so that the days that are left show how much there is still to do.
    """

    def __init__(self) -> None:
        self._met = self._said = 0
        self._next = math.inf

    def meets(self, cases: int, calendar: str, from_day: date, up_to: date, now: float) -> None:
        """Count cases of the next page, and say how far it is if it is time.

        Args:
            cases: how many.
            calendar: by which they are counted.
            from_day: the first day of which the acts say something.
            up_to: the latest last day of these cases; those of later days are done.
            now: seconds of a clock that only runs on.
        """
        done, self._met = self._met, self._met + cases
        if self._next == math.inf:
            self._next = now + _EVERY
        if done >= _FEW and (now >= self._next or done - self._said >= _MANY):
            self._said, self._next = done, now + _EVERY
            says = "counted %d cases after an act of the calendar %s; left are those that end from %s to %s"
            _log.info(says, done, calendar, from_day, up_to)

    def ends(self) -> None:
        """Say how many there were, if there were many."""
        if self._met >= _FEW:
            _log.info("counted all %d cases after an act of a calendar", self._met)
