"""`pencere audit`: what an auditor runs.

Status 0: all is as it should be; 1: something is not; 2: it cannot be told.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.databases import databases
from cli.looking_back import evaluation, history, status
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import event_progress, fail, say, summary
from ledger.scratch import scratch_database
from projections.audit import MOST, Audited, Difference, audit_views
from projections.folds import ALL_VIEWS

app = typer.Typer(no_args_is_help=True, help="What an auditor runs: replay the views, look back.")
_DIFFERS, _CANNOT_TELL = 1, 2
_LONGEST = 200


for _command in (status, history, evaluation):
    app.command()(_command)


@app.callback()
def _group() -> None:
    """What an auditor runs."""


@app.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="[VIEW]...", help="Which views; none: all.")] = None,
    *,
    database: Annotated[
        str | None,
        typer.Option(help="Read another database: a replica or a copy, by a URL whose role may read."),
    ] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fold every event anew, one at a time, and compare each view with what comes out of it."""
    known = {view.name: view for view in ALL_VIEWS}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        fail(f"there is no view {unknown[0]!r}; there are {', '.join(known)}", _CANNOT_TELL)
    settings = read_settings(data)
    views = [known[name] for name in dict.fromkeys(names or known)]
    with (
        databases(settings) as where,
        scratch_database(settings.data.resolve()) as scratch,
        event_progress("replaying") as progress,
    ):
        audited = audit_views(database or where.reader, scratch, views, progress)
    _report(audited, as_json=as_json)
    if any(one.differences for one in audited):
        raise typer.Exit(_DIFFERS)


def _report(audited: Sequence[Audited], *, as_json: bool) -> None:
    for one in audited:
        verdict = f"{len(one.differences)} differences" if one.differences else "equal"
        say(f"{one.view}: {verdict} at position {one.position}, {one.rows} rows")
        if one.stopped:
            say(f"  the live view has stopped there: {one.stopped}")
        for difference in one.differences:
            say(f"  {_sentence(difference)}")
        if len(one.differences) >= MOST:
            say("  ... and perhaps more: only so many are told")
    if as_json:
        views = [{**one._asdict(), "differences": [_document(each) for each in one.differences]} for one in audited]
        summary({"equal": not any(one.differences for one in audited), "views": views}, as_json=True)


def _sentence(difference: Difference) -> str:
    key = ", ".join(f"{name} {_shown(value)}" for name, value in difference.key.items())
    after = "no event says so" if difference.position is None else f"they part after event {difference.position}"
    if difference.field is None:
        what = "is missing" if difference.kind == "missing" else "was added"
        return f"{difference.table}: the row of {key} {what}; {after}"
    values = f"{_shown(difference.live)} and not {_shown(difference.replayed)}"
    return f"{difference.table}: {difference.field} of {key} is {values}; {after}"


def _document(difference: Difference) -> Mapping[str, Any]:
    key = {name: _plain(value) for name, value in difference.key.items()}
    return {
        **difference._asdict(),
        "key": key,
        "live": _plain(difference.live),
        "replayed": _plain(difference.replayed),
    }


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value) if isinstance(value, UUID) else value


def _shown(value: object) -> str:
    text = str(_plain(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
