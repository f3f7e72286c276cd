"""Spreads views over processes: the interpreter limits how fast one can fold, and views are independent."""

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

_MOST: Final = 4  # more processes only wait for the one database
_TO_CLEAR_UP: Final = 10.0  # seconds, after which what is left is cleared away by the next run

Result = TypeVar("Result")
Made_co = TypeVar("Made_co", covariant=True)
Progress = Callable[[int, int], None]
"""Receives how many events have been folded, and how many there are."""


class Work(Protocol[Made_co]):
    """Work on some of the views; it is sent to another process by its name."""

    def __call__(self, views: Sequence[View], progress: Progress, /) -> Made_co:
        """Do the work."""
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
    """Return how many processes share the views: the given number, else one for each core but at most four."""
    return min(processes or min(len(os.sched_getaffinity(0)), _MOST), len(views))


def in_processes(work: Work[Result], views: Sequence[View], progress: Progress, count: int) -> list[Result]:
    """Return the results of the processes, in no order. If one fails, the others still finish.

    Args:
        work: what each process does with its views.
        views: all the views.
        progress: receives the progress of the process that is furthest behind.
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
            part.says.close()  # processes that still fold notice that nobody listens, clear up and end
        give_up_at = time.monotonic() + _TO_CLEAR_UP
        for part in parts:
            part.process.join(max(0.0, give_up_at - time.monotonic()))
            part.process.kill()
            part.process.join()


def _begin(work: Work[Any], views: Sequence[View]) -> _Part:
    # Spawned: a forked process would share this one's sessions with the database.
    context = multiprocessing.get_context("spawn")
    heard, says = context.Pipe(duplex=False)
    process = context.Process(target=_do_part, args=(work, views, says), name="pencere views", daemon=True)
    process.start()
    says.close()
    return _Part(views, process, heard)


def _do_part(work: Work[Any], views: Sequence[View], says: Connection) -> None:
    """Do one part; this runs in a separate process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C; it then stops listening
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()

    def tell(done: int, total: int) -> None:
        says.send((done, total))

    with suppress(BrokenPipeError):  # the parent no longer listens
        told: _Done[Any] | BaseException
        try:
            told = _Done(work(views, tell))
        except BaseException as error:  # noqa: BLE001 - raised again by the parent
            told = error
        says.send(told)


def _end_with_parent() -> None:
    """End this process at once when its parent is dead, even while it waits for a database."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nothing done here counts now, and nobody is left to report to


def _follow(parts: Sequence[_Part], progress: Progress) -> list[Any]:
    """Wait until all processes have ended, and return their results; raise the error if one has failed."""
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
    """Yield the messages of the processes, until each has sent its last one or is dead."""
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
