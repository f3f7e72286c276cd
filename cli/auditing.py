"""`pencere audit`: the auditor's commands.

Status 0: everything is as it should be; 1: something is not; 2: the command could not find out.
"""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli.draw_audit import draw
from cli.evaluating import evaluation
from cli.exporting import export
from cli.looking_back import history, status
from cli.options import AsJson, DataFolder, read_settings
from cli.proving import prove
from cli.starting import PEOPLES_ERRORS, sentence_of
from cli.terminal import event_progress, fail, summary
from cli.verifying_ledger import Database, reading, verify
from cli.view_report import tell_views, view_documents
from ledger.embedded.scratch import scratch_database
from projections.audit import ViewsUnreadableError
from projections.audit_in_processes import AuditStoppedError, audit_in_processes
from projections.folds import ALL_VIEWS

_DIFFERS, _CANNOT_TELL = 1, 2


class Auditing(TyperGroup):
    """The commands. Whatever keeps one from finding out must not look like something that it found."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PEOPLES_ERRORS as error:
            fail(sentence_of(error), _CANNOT_TELL)


app = typer.Typer(
    cls=Auditing, no_args_is_help=True, help="What an auditor runs: verify, prove, replay, export, look back."
)

for _command in (verify, prove, export, status, history, evaluation, draw):
    app.command()(_command)


@app.callback()
def _group() -> None:
    """The auditor's commands."""


@app.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="[VIEW]...", help="Which views; none: all.")] = None,
    *,
    database: Database = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fold every event again, one at a time, and compare each view with the result."""
    known = {view.name: view for view in ALL_VIEWS}
    unknown = [name for name in names or [] if name not in known]
    if unknown:
        fail(f"there is no view {unknown[0]!r}; there are {', '.join(known)}", _CANNOT_TELL)
    settings = read_settings(data)
    views = [known[name] for name in dict.fromkeys(names or known)]
    try:
        with (
            reading(database, data) as url,
            scratch_database(settings.data.resolve()) as scratch,
            event_progress("replaying") as progress,
        ):
            audited = audit_in_processes(url, scratch, views, progress)
    except (ViewsUnreadableError, AuditStoppedError) as error:
        fail(str(error), _CANNOT_TELL)
    tell_views(audited)
    equal = not any(one.differences for one in audited)
    if as_json:
        summary({"equal": equal, "views": view_documents(audited)}, as_json=True)
    if not equal:
        raise typer.Exit(_DIFFERS)
