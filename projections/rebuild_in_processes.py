"""Rebuilds views in a process for each core: folds are bound by the interpreter, and each view is folded by itself."""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final, NamedTuple, TypeAlias

from projections.rebuild import Progress, rebuild
from projections.view import View

_MOST: Final = 4  # more of them wait for the one database
_TO_CLEAR_UP: Final = 10.0  # seconds, after which what is left is for the next rebuild to clear away

_Told: TypeAlias = tuple[int, int] | int | BaseException
"""What a part says: how many events are folded of how many; at the end the position, or why there is none."""


class RebuildStoppedError(Exception):
    """A process was killed; its views are as they were, and the text names them."""


class _Part(NamedTuple):
    views: Sequence[View]
    process: BaseProcess
    says: Connection


def rebuild_in_processes(
    owner_url: str, views: Sequence[View], progress: Progress, processes: int | None = None
) -> int:
    """Rebuild the views like `rebuild`, some in each process; what fails in one leaves the others' views rebuilt.

    Args:
        owner_url: the ledger's database, as its owner.
        views: which.
        progress: told of the part that is furthest behind.
        processes: how many [default: one for each core, and no more than four].

    Raises:
        RebuildUnderWayError: another process rebuilds one of them.
        RebuildStoppedError: one of the processes was killed.
    """
    count = min(processes or min(len(os.sched_getaffinity(0)), _MOST), len(views))
    if count <= 1:
        return rebuild(owner_url, views, progress)
    parts: list[_Part] = []
    try:
        parts += [_begin(owner_url, views[number::count]) for number in range(count)]
        return _follow(parts, progress)
    finally:
        for part in parts:
            part.says.close()  # whoever still folds finds nobody listening, clears up and ends
        for part in parts:
            part.process.join(_TO_CLEAR_UP)
            part.process.kill()
            part.process.join()


def _begin(owner_url: str, views: Sequence[View]) -> _Part:
    # Spawned: a fork would share this process's sessions with the database.
    context = multiprocessing.get_context("spawn")
    heard, says = context.Pipe(duplex=False)
    process = context.Process(target=_rebuild_part, args=(owner_url, views, says), name="pencere rebuild", daemon=True)
    process.start()
    says.close()
    return _Part(views, process, heard)


def _rebuild_part(owner_url: str, views: Sequence[View], says: Connection) -> None:
    """Run in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is answered by who started it, who then stops to listen

    def tell(done: int, total: int) -> None:
        says.send((done, total))

    told: _Told
    with suppress(BrokenPipeError):  # nobody listens any more
        try:
            told = rebuild(owner_url, views, tell)
        except BaseException as error:  # noqa: BLE001 - raised again by who started it
            told = error
        says.send(told)


def _follow(parts: Sequence[_Part], progress: Progress) -> int:
    """Return the lowest position when all have ended; raise what one of them has failed of."""
    left = list(parts)
    folded = [(0, 0)] * len(parts)
    positions: list[int] = []
    failures: list[BaseException] = []
    while left:
        ready = wait([part.says for part in left])
        for part in [part for part in left if part.says in ready]:
            match _heard(part):
                case (int(done), int(total)):
                    folded[parts.index(part)] = (done, total)
                    progress(min(each for each, _ in folded), max(each for _, each in folded))
                case int(position):
                    positions.append(position)
                    left.remove(part)
                case BaseException() as error:
                    failures.append(error)
                    left.remove(part)
    if failures:
        raise failures[0]
    return min(positions)


def _heard(part: _Part) -> _Told:
    try:
        told: _Told = part.says.recv()
    except EOFError:
        return RebuildStoppedError(", ".join(view.name for view in part.views))
    return told
