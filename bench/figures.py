"""What a measurement gives, and what several of them say together."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

_A_MILLISECOND = 1000


class Measured(NamedTuple):
    """What was done in a second, and how long one took in milliseconds, where that was looked at."""

    rate: float
    p50: float | None = None
    p99: float | None = None
    note: str = ""


class Contender(NamedTuple):
    """Somebody who is measured: given the seconds, it measures itself once."""

    name: str
    measure: Callable[[float], Measured]


class Contest(NamedTuple):
    """Who is measured in turn: Pencere, the peer, and whoever is shown beside them."""

    ours: Contender
    peer: Contender
    beside: tuple[Contender, ...] = ()

    @property
    def all(self) -> tuple[Contender, ...]:
        """Everybody, in their turn."""
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
        """What the last round has to say."""
        return self.rounds[-1].note

    def milliseconds(self, which: str) -> float | None:
        """Return the median of the rounds' p50 or p99, if they were looked at."""
        values = [value for one in self.rounds if (value := getattr(one, which)) is not None]
        return median(values) if values else None


def ratios(ours: Standing, peer: Standing) -> list[float]:
    """Return the ratio of each round: what stood side by side is compared, so that a slow minute hits both."""
    return [one.rate / other.rate for one, other in zip(ours.rounds, peer.rounds, strict=True)]


def measured(latencies: Sequence[float], seconds: float, note: str = "") -> Measured:
    """Return the figures of so many answers, each with its latency in seconds, in so many seconds."""
    if len(latencies) < 2:  # too short a run to say anything about its tail
        return Measured(len(latencies) / seconds, note=note)
    cuts = quantiles(latencies, n=100, method="inclusive")
    return Measured(len(latencies) / seconds, cuts[49] * _A_MILLISECOND, cuts[98] * _A_MILLISECOND, note)
