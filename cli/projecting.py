"""`pencere project`: the views, which can all be made again from the events."""

from typing import Annotated

import typer

from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import event_progress, fail, summary
from projections.folds import ALL_VIEWS
from projections.rebuild import RebuildUnderWayError
from projections.rebuild_in_processes import RebuildStoppedError, rebuild_in_processes

app = typer.Typer(no_args_is_help=True, help="Views: make them again from the events.")


@app.callback()
def _group() -> None:
    """Views: make them again from the events."""


@app.command("rebuild")
def rebuild_views(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Which views.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild views beside the live ones and swap them in; readers never wait, and new events keep coming."""
    known = {view.name: view for view in ALL_VIEWS}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        fail(f"there is no view {unknown[0]!r}; there are {', '.join(known)}")
    if every == bool(names):
        fail("name the views to rebuild, or say --all")
    chosen = list(known.values()) if every else [known[name] for name in dict.fromkeys(names or [])]
    with databases(read_settings(data)) as where, event_progress("rebuilding") as progress:
        try:
            position = rebuild_in_processes(where.owner, chosen, progress)
        except RebuildUnderWayError as error:
            fail(f"the view {error} is being rebuilt by somebody else")
        except RebuildStoppedError as error:
            fail(f"a process was killed that rebuilt {error}: these views are as they were; begin again")
    summary({"rebuilt": [view.name for view in chosen], "position": position}, as_json=as_json)
