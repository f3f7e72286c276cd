"""`pencere project`: the views are kept in step with the events, and can all be made again from them."""

from typing import Annotated

import typer

from application.event_loop import leave_what_is_there, run
from application.settings import Settings
from cli.beside import command_beside, is_here
from cli.databases import Databases, databases
from cli.options import AsJson, DataFolder, read_settings
from cli.stopping import until_stopped
from cli.terminal import event_progress, fail, summary
from consumers.child_process import Child
from projections.folds import ALL_VIEWS
from projections.rebuild import RebuildUnderWayError
from projections.rebuild_in_processes import RebuildStoppedError, rebuild_in_processes
from projections.runner import Projector

app = typer.Typer(no_args_is_help=True, help="Views: keep them in step with the events, make them again.")


@app.callback()
def _group() -> None:
    """Views: keep them in step with the events, make them again."""


@app.command("run")
def run_projector(data: DataFolder = None) -> None:
    """Fold what happens into the views until interrupted; stand by while another process does.

    `serve` does this by itself.
    """
    with databases(read_settings(data)) as where:
        run(until_stopped(_follow(where)))


def projector_beside(settings: Settings) -> Child | None:
    """Return the projector beside `serve`, so that nobody's answer waits for a fold; None where none is to run.

    Raises:
        SettingsError: a setting makes no sense.
    """
    return command_beside(settings, "project", "run") if is_here("PENCERE_PROJECTOR") else None


async def _follow(where: Databases) -> None:
    leave_what_is_there()
    async with Projector(where.projector) as projector:
        await projector.run()


@app.command("rebuild")
def rebuild_views(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Which views.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild views beside the live ones and swap them in; readers never wait, and new events are included."""
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
