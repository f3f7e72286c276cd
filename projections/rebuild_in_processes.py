"""Rebuilds views with a process for each core."""

from collections.abc import Sequence
from functools import partial

from projections.in_processes import PartDiedError, in_processes, processes_for
from projections.rebuild import Progress, rebuild
from projections.view import View


class RebuildStoppedError(Exception):
    """A process was killed. Its views are unchanged; the text names them."""


def rebuild_in_processes(
    owner_url: str, views: Sequence[View], progress: Progress, processes: int | None = None
) -> int:
    """Rebuild the views like `rebuild`, some in each process. If one process fails, the others still rebuild theirs.

    Args:
        owner_url: the ledger's database, as its owner.
        views: the views to rebuild.
        progress: receives the progress of the process that is furthest behind.
        processes: how many processes [default: one for each core, at most four].

    Raises:
        RebuildUnderWayError: another process is rebuilding one of them.
        RebuildStoppedError: one of the processes was killed.
    """
    count = processes_for(views, processes)
    if count <= 1:
        return rebuild(owner_url, views, progress)
    try:
        return min(in_processes(partial(rebuild, owner_url), views, progress, count))
    except PartDiedError as error:
        raise RebuildStoppedError(str(error)) from None
