"""Runs a command's coroutine: in uvloop where it is installed, without long pauses, and with a sure end."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ledger.postgresql.task_ending import end

Answer = TypeVar("Answer")


def run(main: Coroutine[Any, Any, Answer]) -> Answer:
    """Run the coroutine, in uvloop where it is installed."""
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):
        from uvloop import new_event_loop as loop_factory  # noqa: PLC0415 - uvloop does not exist on Windows
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            return runner.run(main)
        finally:
            runner.run(_end_what_is_left())


def leave_what_is_there() -> None:
    """Exempt what exists now from garbage collection: code and routes are never freed anyway.

    Otherwise the collector scans it again every few seconds under load and finds nothing, while all requests wait 70 to
    90 ms.
    """
    gc.collect()
    gc.freeze()


async def _end_what_is_left() -> None:
    """End all other tasks, for certain. The runner cancels each only once, and waits without end if one ignores it."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        with contextlib.suppress(Exception):  # nobody waits for the task's result
            await end(task)
