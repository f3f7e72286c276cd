"""Runs a command's coroutine: in uvloop where there is one, without long pauses, and to a certain end."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ledger.postgresql.task_ending import end

Answer = TypeVar("Answer")


def run(main: Coroutine[Any, Any, Answer]) -> Answer:
    """Run the coroutine in a loop of uvloop's, where there is one."""
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):
        from uvloop import new_event_loop as loop_factory  # noqa: PLC0415 - there is none on Windows
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            return runner.run(main)
        finally:
            runner.run(_end_what_is_left())


def leave_what_is_there() -> None:
    """Have the collector of garbage look through what is there now for the last time: code and routes stay anyway.

    Otherwise it does so again every few seconds under load, finds nothing, and everybody waits: 70 to 90 ms.
    """
    gc.collect()
    gc.freeze()


async def _end_what_is_left() -> None:
    """End all other tasks, for certain; the runner asks each once, and would wait for ever for one that misses it."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        with contextlib.suppress(Exception):  # nobody waits for its answer
            await end(task)
