"""`python -m bench.growth --data FOLDER`: appends and reads at few and at many events, in each layout of the table."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bench.ground import Ground
from bench.growth.comparing import Grown, Workload, compare
from bench.growth.layouts import LAYOUTS
from bench.growth.table import as_documents, print_growth
from ledger.embedded.postgres import EmbeddedPostgres

_KEYS = "Idempotency keys that are kept [default: one for each event]."
_LAYOUTS = f"Of {', '.join(LAYOUTS)} [default: all of them]."
_FEW = 10_000
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_terminal = Console(stderr=True)


@app.command()
def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder for embedded databases; those called growth_ are thrown away.")],
    events: Annotated[int, typer.Option(help="How many are many.")] = 10_000_000,
    keys: Annotated[int | None, typer.Option(help=_KEYS)] = None,
    layout: Annotated[list[str] | None, typer.Option(help=_LAYOUTS)] = None,
    seconds: Annotated[float, typer.Option(help="How long each measurement takes.")] = 5,
    rounds: Annotated[int, typer.Option(help="How often each is measured.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Fill, measure and drop one layout after the other, each in turn with the plain table at ten thousand events."""
    names = layout or list(LAYOUTS)
    if not set(names) <= LAYOUTS.keys():
        raise typer.BadParameter(_LAYOUTS, param_hint="--layout")
    load = Workload(_FEW, events, events if keys is None else keys, seconds, rounds)
    with EmbeddedPostgres(data) as embedded:
        embedded.migrate()
        ground = Ground(embedded)
        durability = ground.durability()
        grown = _compared(ground, names, load)
    if as_json:
        print(json.dumps(as_documents(grown)))
    else:
        print_growth(grown, f"Medians of {rounds} rounds of {seconds:g} s; {durability}.")


def _compared(ground: Ground, names: list[str], load: Workload) -> list[Grown]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    grown: list[Grown] = []
    with Progress(*columns, console=_terminal, disable=not _terminal.is_terminal) as bars:
        for name in names:
            show = partial(_show, bars, bars.add_task(name, total=load.events))
            grown += compare(ground, LAYOUTS[name], load, show)
    return grown


def _show(bars: Progress, bar: TaskID, what: str, done: int) -> None:
    bars.update(bar, description=what, completed=done)


if __name__ == "__main__":
    app()
