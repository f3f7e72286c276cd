"""`pencere import`: imports the records of another system."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from application.access.callers import Caller, Role
from application.event_loop import run
from application.importing.refusals import LogChanged, NothingToImport
from application.importing.xes_import import Imported, Source, import_xes
from application.settings import Settings
from application.xes import BadTrace, XesError
from application.xes.assumptions import RULES
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import FileProgress, fail, file_progress, say, summary
from cli.wiring import open_window
from domain.refusals import Refusal
from domain.values import is_time_zone
from projections.runner import Projector

app = typer.Typer(no_args_is_help=True, help="Bring in what another system recorded.")
_IMPORTER = Caller("pencere", "import", Role.COORDINATOR)
_SHOWN = 20


@app.callback()
def _group() -> None:
    """Import the records of another system."""


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
    """Import an event log; a second run adds nothing. The views have caught up when it returns.

    A log with no trace, or with no event in any trace, is refused. So are traces too long for one case, and impossible
    times: after the import, before 2 January 1970, or a date without a time of day. Doubtful times are read by fixed
    rules: a time without an offset is local to the agency's zone; if the clocks show a local time twice, the first one
    counts; if they skip it, the offset before the change counts; 24:00 is 00:00 of the next day; a leap second is the
    microsecond before it. The summary counts each use of a rule. All rules: docs/operator.md.
    """
    settings = read_settings(data)
    if not is_time_zone(time_zone):
        fail(f"--time-zone: {time_zone!r} is not an IANA time zone")
    source = Source(file, agency, service, time_zone, skip_bad=skip_bad)
    try:
        with file_progress(file.stat().st_size) as progress:
            done = run(_import(settings, source, progress))
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror}")
    except XesError as error:
        fail(f"{file}: {error}; nothing was imported")
    except LogChanged as changed:
        fail(f"{file}: {changed.rule}: {changed.detail}")
    except Refusal as refusal:
        if isinstance(refusal, NothingToImport):
            _list_left_out(refusal.left_out, more="")
        fail(f"{refusal.rule}: {refusal.detail}; nothing was imported")
    _report(done, as_json=as_json)


async def _import(settings: Settings, source: Source, progress: FileProgress) -> Imported:
    with databases(settings) as where:
        async with (
            open_window(settings, where) as window,
            Projector(where.projector) as projector,
            projector.running(),
        ):
            # Whoever has the data folder imports in the name of the agency that coordinates.
            register = (await window.catalogue.register()).state
            coordinator = register.coordinator_at(window.clock()) if register else None
            done = await import_xes(window, _IMPORTER._replace(agency=coordinator), source, progress)
            say("The views are catching up ...")
            await projector.catch_up(done.position)
            return done


def _report(done: Imported, *, as_json: bool) -> None:
    left_out = [{"trace": bad.name, "line": bad.line, "reasons": list(bad.reasons)} for bad in done.left_out]
    values: dict[str, object] = {
        "traces": done.traces,
        "submitted": done.cases,
        "steps": done.steps,
        "closed": done.closed,
        "open": done.cases - done.closed,
        "alreadyThere": done.already_there,
        "events": done.events,
        "position": done.position,
        "timeZone": done.time_zone,
        "leftOut": left_out if as_json else len(left_out),
    }
    if as_json:
        values["assumed"] = {kind.value: done.assumed[kind] for kind in RULES}
    else:
        values |= {f"assumed {kind}": f"{count} ({RULES[kind]})" for kind, count in sorted(done.assumed.items())}
    summary(values, as_json=as_json)
    _list_left_out(done.left_out, more="; --json lists them all")


def _list_left_out(left_out: Sequence[BadTrace], *, more: str) -> None:
    for bad in left_out[:_SHOWN]:
        say(f"left out: trace {bad.name!r}: {'; '.join(bad.reasons)}")
    if len(left_out) > _SHOWN:
        say(f"... and {len(left_out) - _SHOWN} more{more}")
