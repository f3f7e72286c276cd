"""Prints how the layouts grow."""

from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.figures import Measured
from bench.growth.comparing import Grown
from bench.growth.measuring import Figures

_WIDTH = 150
_MEGABYTE = 1 << 20


def print_growth(grown: Sequence[Grown], how: str) -> None:
    """Print a line for each layout and number of events: medians of its rounds."""
    console = Console(width=_WIDTH, highlight=False)
    heads = (
        "append/s",
        "p50 ms",
        "p99 ms",
        "stream p50 ms",
        "p99 ms",
        "page p50 ms",
        "p99 ms",
        "table MB",
        "indexes MB",
    )
    table = Table("layout", "events", "keys", *heads, "keys MB")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in grown:
        table.add_row(
            one.layout,
            f"{one.events:,}",
            f"{one.keys:,}",
            f"{_of(one, lambda round_: round_.append.rate):,.0f}",
            *_tail(one, lambda round_: round_.append),
            *_tail(one, lambda round_: round_.stream),
            *_tail(one, lambda round_: round_.page),
            *(f"{size / _MEGABYTE:,.0f}" for size in one.sizes),
        )
    console.print(table)
    console.print(how)


def as_documents(grown: Sequence[Grown]) -> list[dict[str, object]]:
    """Return the figures for JSON."""
    return [
        {
            "layout": one.layout,
            "events": one.events,
            "keys": one.keys,
            "bytes": one.sizes._asdict(),
            "rounds": [
                {name: measured._asdict() for name, measured in round_._asdict().items()} for round_ in one.rounds
            ],
        }
        for one in grown
    ]


def _tail(one: Grown, which: Callable[[Figures], Measured]) -> tuple[str, str]:
    p50, p99 = _of(one, lambda round_: which(round_).p50 or 0), _of(one, lambda round_: which(round_).p99 or 0)
    return f"{p50:.2f}", f"{p99:.2f}"


def _of(one: Grown, figure: Callable[[Figures], float]) -> float:
    return median(figure(round_) for round_ in one.rounds)
