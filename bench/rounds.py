"""Measures a row in rounds: everybody in turn, again and again, so that the machine's noise hits them all."""

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
        ground: where.
        row: what.
        seconds: how long each measurement takes, after its warm-up.
        rounds: how often everybody has their turn.
        done: told who was measured, the how-manieth measurement that was, and of how many.
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
