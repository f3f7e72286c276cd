"""Spreads work over processes and returns the answers in order. Only a few answers are in memory at a time."""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, starmap
from typing import Any, Final

from ledger.audit.whole import Work

_AHEAD: Final = 2  # tasks waiting for each process


def here(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """Do the work in this process, one task after the other."""
    return starmap(function, tasks)


@contextmanager
def together(processes: int | None = None) -> Iterator[Work]:
    """Open so many worker processes, by default one for each core. With one, the work is done in this process."""
    count = processes or os.cpu_count() or 1
    if count == 1:
        yield here
        return
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with context.Pool(count, _leave_signals_alone) as pool:

        def work(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
            left = iter(tasks)
            under_way = deque(pool.apply_async(function, task) for task in islice(left, count * _AHEAD))
            while under_way:
                answer = under_way.popleft().get()
                under_way.extend(pool.apply_async(function, task) for task in islice(left, 1))
                yield answer

        yield work


def _leave_signals_alone() -> None:
    """Ignore Ctrl-C, which the first process handles: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
