"""`python -m bench.filler --data FOLDER --events N`: makes a data folder with many old events, for measurements."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from application.settings import default_data_folder
from bench.filler.copying import LedgerInUseError, fill
from ledger.embedded.postgres import EmbeddedPostgres
from projections.migrate import migrate_views

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_terminal = Console(stderr=True)


@app.command()
def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder for embedded databases: an empty or a new one.")],
    events: Annotated[int, typer.Option(help="How many.")] = 10_000_000,
    seed: Annotated[int, typer.Option(help="The same one gives lives of the same shapes.")] = 1,
) -> None:
    """Fill a ledger with made-up cases. The next `serve` on the folder folds the views."""
    if data.resolve() in _lived_in():
        raise typer.BadParameter("this folder is in use for real: name another one")
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        EmbeddedPostgres(data) as embedded,
        Progress(*columns, console=_terminal, disable=not _terminal.is_terminal) as bars,
    ):
        embedded.migrate()
        owner = embedded.ledger_url("pencere_owner")
        migrate_views(owner)
        bar = bars.add_task("", total=events)
        try:
            fill(owner, events, seed=seed, progress=lambda done: bars.update(bar, completed=done))
        except LedgerInUseError:
            raise typer.BadParameter("this ledger has events already") from None


def _lived_in() -> set[Path]:
    """Return the folders that must not be filled: the default one, and the one that the environment names."""
    named = os.environ.get("PENCERE_DATA")
    return {folder.resolve() for folder in (default_data_folder(os.environ), *([Path(named)] if named else []))}


if __name__ == "__main__":
    app()
