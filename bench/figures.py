"""The figures of one measurement, and of several together."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

_A_MILLISECOND = 1000


class Measured(NamedTuple):
    """The rate per second, and the latency in milliseconds if it was measured."""

    rate: float
    p50: float | None = None
    p99: float | None = None
    note: str = ""


class Contender(NamedTuple):
    """A contender: called with the seconds, it measures itself once."""

    name: str
    measure: Callable[[float], Measured]


class Contest(NamedTuple):
    """The contenders that are measured in turn: Pencere, the peer, and others that are shown with them."""

    ours: Contender
    peer: Contender
    beside: tuple[Contender, ...] = ()

    @property
    def all(self) -> tuple[Contender, ...]:
        """All contenders, in the order of their turns."""
        return (self.ours, self.peer, *self.beside)


class Standing(NamedTuple):
    """A contender's rounds."""

    name: str
    rounds: tuple[Measured, ...]

    @property
    def rate(self) -> float:
        """The median of the rounds' rates."""
        return median(one.rate for one in self.rounds)

    @property
    def note(self) -> str:
        """The note of the last round."""
        return self.rounds[-1].note

    def milliseconds(self, which: str) -> float | None:
        """Return the median of the rounds' p50 or p99, if they were measured."""
        values = [value for one in self.rounds if (value := getattr(one, which)) is not None]
        return median(values) if values else None


def ratios(ours: Standing, peer: Standing) -> list[float]:
    """Return the ratio of each round: measurements of the same round are compared, so that a slow minute hits both."""
    return [one.rate / other.rate for one, other in zip(ours.rounds, peer.rounds, strict=True)]


def measured(latencies: Sequence[float], seconds: float, note: str = "") -> Measured:
    """Return the figures of answers with these latencies (in seconds), which came within a number of seconds."""
    if len(latencies) < 2:  # too short a run to say anything about its tail
        return Measured(len(latencies) / seconds, note=note)
    cuts = quantiles(latencies, n=100, method="inclusive")
    return Measured(len(latencies) / seconds, cuts[49] * _A_MILLISECOND, cuts[98] * _A_MILLISECOND, note)
