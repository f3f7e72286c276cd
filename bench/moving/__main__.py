"""`python -m bench.moving`: moves a day with many open cases, and loads the server before, meanwhile and after."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.__main__ import own_ground
from bench.figures import Measured, Standing
from bench.ground import Ground
from bench.moving.day import Moved, standing

_WIDTH = 120
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    *,
    cases: Annotated[int, typer.Option(help="How many open cases there are.")] = 100_000,
    seconds: Annotated[float, typer.Option(help="How long each measurement takes.")] = 10,
    rounds: Annotated[int, typer.Option(help="How often submissions are measured before the act, and after it.")] = 3,
) -> None:
    """Move every open term by one act over HTTP while the usual callers submit; nothing is kept afterwards."""
    with own_ground() as ground:
        durability = ground.durability()
        moved, loads = measure(ground, cases, seconds, rounds)
    console = Console(width=_WIDTH, highlight=False)
    table = Table("submissions", "rounds", "requests/s", "p50 ms", "p99 ms", "p99 of each round")
    for load in loads:
        p50, p99 = load.milliseconds("p50") or 0, load.milliseconds("p99") or 0
        each = ", ".join(f"{one.p99 or 0:.0f}" for one in load.rounds)
        table.add_row(load.name, f"{len(load.rounds)}", f"{load.rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}", each)
    console.print(table)
    console.print(f"{moved.note}. Medians of rounds of {seconds:g} s, one after the other; {durability}.")
    console.print(f"  python -m bench.moving --cases {cases} --seconds {seconds:g} --rounds {rounds}")


def measure(ground: Ground, cases: int, seconds: float, rounds: int) -> tuple[Moved, list[Standing]]:
    """Return how fast the terms were moved, and the load before the act, meanwhile and after it."""
    with standing(ground, cases) as ours:
        before = [ours.load(seconds) for _ in range(rounds)]
        act = ours.enter_act()
        meanwhile: list[Measured] = []
        while not meanwhile or not ours.has_moved(act):
            meanwhile.append(ours.load(seconds))
        moved = ours.moved(act)
        after = [ours.load(seconds) for _ in range(rounds)]
    # The last one has outlived the moving.
    told = meanwhile[:-1] or meanwhile
    names = ("before the act", "while a day is moved", "after it")
    return moved, [Standing(name, tuple(found)) for name, found in zip(names, (before, told, after), strict=True)]


if __name__ == "__main__":
    app()
