"""Measures a layout at few and at many events, in turn with the plain table at few events."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from application.event_loop import run
from bench.ground import Ground
from bench.growth.cases import Cases, drawn_from
from bench.growth.filled import filled
from bench.growth.layouts import LAYOUTS, Layout
from bench.growth.measuring import Figures, Sizes, figures, sizes

Tell = Callable[[str, int], None]


class Grown(NamedTuple):
    """The figures of a layout at a number of events and of idempotency keys."""

    layout: str
    events: int
    keys: int
    sizes: Sizes
    rounds: Sequence[Figures]


class Workload(NamedTuple):
    """The workload: few events, many events, idempotency keys at many, seconds of each measurement, rounds."""

    few: int
    events: int
    keys: int
    seconds: float
    rounds: int


def compare(ground: Ground, layout: Layout, load: Workload, tell: Tell) -> list[Grown]:
    """Return the figures of the plain table at few events, and of the layout at few and at many.

    The small ledger is filled again for each round, because a round of appends makes it large.

    Args:
        ground: where to measure.
        layout: the layout.
        load: the workload.
        tell: called with what is being filled or measured, and with the number of filled events.
    """
    few = [LAYOUTS["plain"]] if layout.name == "plain" else [LAYOUTS["plain"], layout]
    found: dict[str, list[Figures]] = {one.name: [] for one in few}
    large: dict[str, Sizes] = {}
    grown: list[Figures] = []
    with filled(ground.embedded, layout, load.events, load.keys, lambda done: tell(layout.name, done)) as many:
        size = sizes(ground.embedded.ledger_url("pencere_owner", many))
        cases = drawn_from(ground.embedded.ledger_url("pencere_owner", many))
        for _ in range(load.rounds):
            for one in few:
                tell(f"{one.name} at {load.few:,}", 0)
                with filled(ground.embedded, one, load.few, load.few, lambda _done: None) as name:
                    owner = ground.embedded.ledger_url("pencere_owner", name)
                    large[one.name] = sizes(owner)
                    found[one.name].append(_round(ground, one, name, drawn_from(owner), load.seconds))
            tell(f"{layout.name} at {load.events:,}", load.events)
            grown.append(_round(ground, layout, many, cases, load.seconds))
    return [
        *(Grown(one.name, load.few, load.few, large[one.name], found[one.name]) for one in few),
        Grown(layout.name, load.events, load.keys, size, grown),
    ]


def _round(ground: Ground, layout: Layout, database: str, cases: Cases, seconds: float) -> Figures:
    ground.settle()
    return run(figures(ground.embedded.ledger_url("pencere_writer", database), layout, cases, seconds))
