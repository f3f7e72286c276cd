"""Measures a row in rounds: all contenders in turn, repeatedly, so that the machine's noise hits all of them."""

from collections.abc import Callable
from typing import NamedTuple

from bench.figures import Measured, Standing
from bench.ground import Ground
from bench.rows import Row


class Result(NamedTuple):
    """A row's rounds."""

    row: Row
    ours: Standing
    peer: Standing
    beside: tuple[Standing, ...]


def measure(ground: Ground, row: Row, seconds: float, rounds: int, done: Callable[[str, int, int], None]) -> Result:
    """Return the row's figures.

    Args:
        ground: where to measure.
        row: the row.
        seconds: how long each measurement takes, after its warm-up.
        rounds: how many turns each contender has.
        done: called with the contender, the number of this measurement, and the number of all.
    """
    with row.contest(ground) as contest:
        figures: list[list[Measured]] = [[] for _ in contest.all]
        turns = list(zip(contest.all, figures, strict=True)) * rounds
        for number, (contender, own) in enumerate(turns, start=1):
            ground.settle()
            own.append(contender.measure(seconds))
            done(contender.name, number, len(turns))
        ours, peer, *beside = (Standing(one.name, tuple(own)) for one, own in zip(contest.all, figures, strict=True))
    return Result(row, ours, peer, tuple(beside))
