"""`pencere import`: brings in what another system recorded."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from api.server import run
from application.callers import Caller, Role
from application.importing.xes_import import Imported, Source, import_xes
from application.settings import Settings
from application.xes import XesError
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import FileProgress, fail, file_progress, say, summary
from cli.wiring import open_window
from domain.refusals import Refusal
from projections.runner import Projector

app = typer.Typer(no_args_is_help=True, help="Bring in what another system recorded.")
_IMPORTER = Caller("pencere", "import", Role.COORDINATOR)
_SHOWN = 20


@app.callback()
def _group() -> None:
    """Bring in what another system recorded."""


@app.command()
def xes(
    file: Annotated[Path, typer.Argument(help="An event log in XES, gzip or not.")],
    agency: Annotated[str, typer.Option(help="Whose cases they are; registered if it is not yet.")],
    service: Annotated[str, typer.Option(help="The service that they become.")],
    *,
    time_zone: Annotated[str, typer.Option(help="Of a new agency, and of times without an offset.")] = "UTC",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out what cannot be used, and list it.")] = False,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Import an event log; a second run adds nothing. The views have caught up when it returns."""
    settings = read_settings(data)
    try:
        ZoneInfo(time_zone)
        size = file.stat().st_size
    except (ZoneInfoNotFoundError, ValueError):
        fail(f"--time-zone: {time_zone!r} is not an IANA time zone")
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    source = Source(file, agency, service, time_zone, skip_bad=skip_bad)
    try:
        with file_progress(size) as progress:
            done = run(_import(settings, source, progress))
    except XesError as error:
        fail(f"{file}: {error}; nothing was imported")
    except Refusal as refusal:
        fail(f"{refusal.rule}: {refusal.detail}; nothing was imported")
    _report(done, as_json=as_json)


async def _import(settings: Settings, source: Source, progress: FileProgress) -> Imported:
    with databases(settings) as where:
        async with (
            open_window(settings, where) as window,
            Projector(where.projector) as projector,
            projector.running(),
        ):
            done = await import_xes(window, _IMPORTER, source, progress)
            say("The views are catching up ...")
            await projector.catch_up(done.position)
            return done


def _report(done: Imported, *, as_json: bool) -> None:
    left_out = [{"trace": bad.name, "line": bad.line, "reasons": list(bad.reasons)} for bad in done.left_out]
    values = {
        "traces": done.traces,
        "submitted": done.cases,
        "steps": done.steps,
        "closed": done.closed,
        "open": done.cases - done.closed,
        "alreadyThere": done.already_there,
        "events": done.events,
        "position": done.position,
        "leftOut": left_out if as_json else len(left_out),
    }
    summary(values, as_json=as_json)
    for bad in done.left_out[:_SHOWN]:
        say(f"left out: trace {bad.name!r}: {'; '.join(bad.reasons)}")
    if len(done.left_out) > _SHOWN:
        say(f"... and {len(done.left_out) - _SHOWN} more; --json lists them all")
