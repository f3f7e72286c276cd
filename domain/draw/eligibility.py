"""Who may be drawn: the least loaded half of those who can take a case at all (`docs/draw.md` has the measurements)."""

from collections.abc import Mapping
from typing import Final, TypeVar

FEWEST: Final = 3
"""Fewer than so many could be guessed; then the case goes to the desk of another agency that stands in."""

Seat = TypeVar("Seat")


def least_loaded(loads: Mapping[Seat, int]) -> frozenset[Seat]:
    """Return the less loaded half, rounded up, but three at least, and everybody who has as much as the last of them.

    It neither favours nor punishes: the weights are 0 and 1, so they tell nothing about an official across cases, and
    somebody who returns with no load is one of many.

    Args:
        loads: who can take a case -> open cases at the desk.
    """
    if not loads:
        return frozenset()
    ordered = sorted(loads.values())
    most = ordered[min(len(ordered), max(FEWEST, (len(ordered) + 1) // 2)) - 1]
    return frozenset(seat for seat, load in loads.items() if load <= most)
