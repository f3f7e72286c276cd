"""Replays and compares views with a process for each core, like a rebuild."""

from collections.abc import Sequence
from functools import partial

from projections.audit import Audited, audit_views
from projections.in_processes import PartDiedError, in_processes, processes_for
from projections.view import View
from projections.view_replay import Progress


class AuditStoppedError(Exception):
    """A process was killed, so nothing is known about its views; the text names them."""


def audit_in_processes(
    live_url: str, scratch_url: str, views: Sequence[View], progress: Progress, processes: int | None = None
) -> list[Audited]:
    """Replay and compare the views like `audit_views`, some in each process.

    Args:
        live_url: the database to audit, as a role that may read events and views.
        scratch_url: an empty database, as its superuser.
        views: the views to audit.
        progress: receives the progress of the process that is furthest behind.
        processes: how many processes [default: one for each core, at most four].

    Raises:
        ViewsUnreadableError: the views do not exist, or may not be read.
        AuditStoppedError: one of the processes was killed.
    """
    count = processes_for(views, processes)
    if count <= 1:
        return audit_views(live_url, scratch_url, views, progress)
    try:
        parts = in_processes(partial(audit_views, live_url, scratch_url), views, progress, count)
    except PartDiedError as error:
        raise AuditStoppedError(f"a process was killed while it audited {error}") from None
    audited = {one.view: one for part in parts for one in part}
    return [audited[view.name] for view in views]
