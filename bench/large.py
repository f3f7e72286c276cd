"""`python -m bench.large --data FOLDER`: HTTP at many events and at few, and the cost of a rebuild at many."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from application.event_loop import run
from bench.commands import said_by
from bench.figures import Measured, Standing
from bench.filler.copying import fill
from bench.ground import Ground
from bench.history import live_cases
from bench.http_load import request
from bench.people import bearer, citizen, settings_of
from bench.servers import OURS, loaded, serving
from bench.submit import submission
from ledger.embedded.postgres import EmbeddedPostgres

_FEW: Final = 10_000
_CONNECTIONS: Final = 8  # too few to saturate the server: a queue says nothing about the database
_CREATED, _OK = 201, 200
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_terminal = Console(stderr=True)

Show = Callable[[str, int], None]


class Grown(NamedTuple):
    """A filled and served ledger: its events, the cost of rebuilding its views, and its load."""

    events: int
    rebuilt_in: float
    megabytes: int
    submit: Callable[[float], Measured]
    history: Callable[[float], Measured]


class Compared(NamedTuple):
    """Few events and many, and the figures of each request at both."""

    few: Grown
    many: Grown
    standings: list[tuple[str, Standing, Standing]]


@app.command()
def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder for embedded databases; what is filled is thrown away.")],
    events: Annotated[int, typer.Option(help="How many are many.")] = 10_000_000,
    seconds: Annotated[float, typer.Option(help="How long each measurement takes.")] = 5,
    rounds: Annotated[int, typer.Option(help="How often each is measured.")] = 5,
) -> None:
    """Fill two ledgers, rebuild their views, serve both, and load them in turn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        EmbeddedPostgres(data) as embedded,
        Progress(*columns, console=_terminal, disable=not _terminal.is_terminal) as bars,
    ):
        embedded.migrate()
        ground = Ground(embedded)
        durability = ground.durability()
        bar = bars.add_task("", total=events)
        show = partial(_show, bars.update, bar)
        compared = compare(ground, (_FEW, events), seconds, rounds, show)
    _print(compared, f"Medians of {rounds} rounds of {seconds:g} s, in turn; {durability}.")


def compare(ground: Ground, counts: tuple[int, int], seconds: float, rounds: int, show: Show) -> Compared:
    """Fill a ledger with each of the counts, rebuild the views, serve both and load them in turn."""
    with ExitStack() as stack:
        few, many = (stack.enter_context(_grown(ground, count, show)) for count in counts)
        return Compared(few, many, _in_turn(few, many, seconds, rounds, show))


def _show(update: Callable[..., None], bar: object, what: str, done: int) -> None:
    update(bar, description=what, completed=done)


@contextmanager
def _grown(ground: Ground, events: int, show: Show) -> Iterator[Grown]:
    settings = settings_of(ground)
    with ground.fresh() as place:
        fill(place.owner, events, progress=partial(show, f"filling {events:,}"))
        show(f"rebuilding {events:,}", 0)
        rebuilt = said_by("bench.one_rebuild", place.owner)
        cases = run(live_cases(settings, place, _CONNECTIONS))
        own = [bearer(settings, citizen(number)) for number in range(_CONNECTIONS)]
        asking = [
            [request("GET", f"/v1/cases/{case}/history", headers) for case in theirs]
            for theirs, headers in zip(cases, own, strict=True)
        ]
        submitting = [[submission(settings, number)] for number in range(_CONNECTIONS)]
        with serving(ground, place, *OURS) as port:

            def load(status: int, connections: Sequence[Sequence[str]], seconds: float) -> Measured:
                return loaded(port, seconds, status, connections)

            yield Grown(
                events,
                rebuilt["seconds"],
                int(rebuilt["megabytes"]),
                partial(load, _CREATED, submitting),
                partial(load, _OK, asking),
            )


def _in_turn(few: Grown, many: Grown, seconds: float, rounds: int, show: Show) -> list[tuple[str, Standing, Standing]]:
    found: dict[str, tuple[list[Measured], list[Measured]]] = {"submit": ([], []), "history": ([], [])}
    for number in range(rounds):
        show(f"round {number + 1} of {rounds}", 0)
        for name, rows in found.items():
            for grown, row in zip((few, many), rows, strict=True):
                row.append(getattr(grown, name)(seconds))
    return [
        (name, Standing(f"{few.events:,}", tuple(at_few)), Standing(f"{many.events:,}", tuple(at_many)))
        for name, (at_few, at_many) in found.items()
    ]


def _print(compared: Compared, how: str) -> None:
    console = Console(width=120, highlight=False)
    table = Table("", "events", "requests/s", "p50 ms", "p99 ms", "p99 times that of few")
    for name, *both in compared.standings:
        base = both[0].milliseconds("p99") or 0
        for standing in both:
            p50, p99 = standing.milliseconds("p50") or 0, standing.milliseconds("p99") or 0
            table.add_row(name, standing.name, f"{standing.rate:,.0f}", f"{p50:.2f}", f"{p99:.2f}", f"{p99 / base:.2f}")
    console.print(table)
    for grown in (compared.few, compared.many):
        rate = grown.events / grown.rebuilt_in
        console.print(f"Rebuild of all views at {grown.events:,} events: {rate:,.0f}/s, {grown.megabytes} MB at most.")
    console.print(how)


if __name__ == "__main__":
    app()
