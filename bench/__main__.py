"""`python -m bench`: measures the rows of the table of targets, side by side, and prints them."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bench.ground import Ground
from bench.rounds import Result, measure
from bench.rows import ROWS, Row, rows_named
from bench.table import as_documents, print_table
from ledger.embedded.postgres import EmbeddedPostgres

_NAMES = ", ".join(row.name for row in ROWS)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_terminal = Console(stderr=True)


@app.command()
def main(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ROW]...", help=f"Of {_NAMES}; or how they begin.")
    ] = None,
    *,
    seconds: Annotated[float, typer.Option(help="How long each measurement takes.")] = 5,
    rounds: Annotated[int, typer.Option(help="How often everybody has their turn.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure Pencere and its peers; nothing is kept afterwards."""
    try:
        rows = rows_named(names or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    with own_ground() as ground:
        durability = ground.durability()
        results = _measured(ground, rows, seconds, rounds)
    if as_json:
        print(json.dumps(as_documents(results)))
    else:
        print_table(results, seconds, rounds, durability)


@contextmanager
def own_ground() -> Iterator[Ground]:
    """Start separate clusters for the bench, in a folder that is removed at the end."""
    # Not in a private folder: as root the servers run under their own account, which must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="pencere-bench-", dir="/var/tmp"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        with EmbeddedPostgres(folder / "data") as embedded:
            embedded.migrate()
            yield Ground(embedded)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(ground: Ground, rows: list[Row], seconds: float, rounds: int) -> list[Result]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_terminal, disable=not _terminal.is_terminal) as bars:
        results = []
        for row in rows:
            show = partial(_show, bars, bars.add_task(row.name, total=None), row.name)
            results.append(measure(ground, row, seconds, rounds, show))
        return results


def _show(bars: Progress, bar: TaskID, row: str, name: str, number: int, total: int) -> None:
    bars.update(bar, description=f"{row}: {name}", completed=number, total=total)


if __name__ == "__main__":
    app()
