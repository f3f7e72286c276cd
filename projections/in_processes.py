"""Spreads views over processes, some to each: folds are bound by the interpreter, and each view is folded by itself."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from projections.view import View

_MOST: Final = 4  # more of them wait for the one database
_TO_CLEAR_UP: Final = 10.0  # seconds, after which what is left is for the next one to clear away

Result = TypeVar("Result")
Made_co = TypeVar("Made_co", covariant=True)
Progress = Callable[[int, int], None]
"""Told how many events are folded, of how many."""


class Work(Protocol[Made_co]):
    """What is done with some of the views; it is sent to another process by its name."""

    def __call__(self, views: Sequence[View], progress: Progress, /) -> Made_co:
        """Do it."""
        ...


class PartDiedError(Exception):
    """A process was killed; the text names its views."""


class _Done(NamedTuple, Generic[Result]):
    result: Result


class _Part(NamedTuple):
    views: Sequence[View]
    process: BaseProcess
    says: Connection


def processes_for(views: Sequence[View], processes: int | None) -> int:
    """Return how many processes share the views: as many as are asked for, else one for each core, four at most."""
    return min(processes or min(len(os.sched_getaffinity(0)), _MOST), len(views))


def in_processes(work: Work[Result], views: Sequence[View], progress: Progress, count: int) -> list[Result]:
    """Return what the processes have made, in no order; what fails in one lets the others come to their end.

    Args:
        work: done by each with its own views.
        views: all of them.
        progress: told of the part that is furthest behind.
        count: how many processes.

    Raises:
        PartDiedError: one of the processes was killed.
    """
    parts: list[_Part] = []
    try:
        parts += [_begin(work, views[number::count]) for number in range(count)]
        return _follow(parts, progress)
    finally:
        for part in parts:
            part.says.close()  # whoever still folds finds nobody listening, clears up and ends
        give_up_at = time.monotonic() + _TO_CLEAR_UP
        for part in parts:
            part.process.join(max(0.0, give_up_at - time.monotonic()))
            part.process.kill()
            part.process.join()


def _begin(work: Work[Any], views: Sequence[View]) -> _Part:
    # Spawned: a fork would share this process's sessions with the database.
    context = multiprocessing.get_context("spawn")
    heard, says = context.Pipe(duplex=False)
    process = context.Process(target=_do_part, args=(work, views, says), name="pencere views", daemon=True)
    process.start()
    says.close()
    return _Part(views, process, heard)


def _do_part(work: Work[Any], views: Sequence[View], says: Connection) -> None:
    """Run in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is answered by who started it, who then stops to listen
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()

    def tell(done: int, total: int) -> None:
        says.send((done, total))

    with suppress(BrokenPipeError):  # nobody listens any more
        told: _Done[Any] | BaseException
        try:
            told = _Done(work(views, tell))
        except BaseException as error:  # noqa: BLE001 - raised again by who started it
            told = error
        says.send(told)


def _end_with_parent() -> None:
    """End this process at once when who started it is dead, whatever a database has it wait for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nothing that was done here counts, and nobody is left to be told


def _follow(parts: Sequence[_Part], progress: Progress) -> list[Any]:
    """Return what all have made when all have ended; raise what one of them has failed of."""
    folded = {part.process.pid: (0, 0) for part in parts}
    results: list[Any] = []
    failures: list[BaseException] = []
    for part, told in _heard(parts):
        match told:
            case _Done(result):
                results.append(result)
            case BaseException():
                failures.append(told)
            case _:
                folded[part.process.pid] = told
                progress(min(each for each, _ in folded.values()), max(each for _, each in folded.values()))
    if failures:
        raise failures[0]
    return results


def _heard(parts: Sequence[_Part]) -> Iterator[tuple[_Part, Any]]:
    """Return what the parts say, until each has said its last word or is dead."""
    left = {part.says: part for part in parts}
    while left:
        for says in wait(list(left)):
            part = left[says]  # type: ignore[index] # the connections that were given
            try:
                told = part.says.recv()
            except EOFError:
                told = PartDiedError(", ".join(view.name for view in part.views))
            if isinstance(told, _Done | BaseException):
                del left[part.says]
            yield part, told
