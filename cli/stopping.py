"""Ends a long-running command within its grace time, whatever it waits for."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Protocol

from ledger.postgresql.task_ending import end

GRACE: Final = 8.0
"""Seconds from SIGTERM or SIGINT to the end of a command; less than the ten that containers are given."""

SERVING_GRACE: Final = 28.0
"""The same for `serve`, which ends requests and its children first; less than the thirty that pods are given."""


class Stoppable(Protocol):
    """Something that runs until it is stopped."""

    def stop(self) -> None:
        """End soon."""


@contextmanager
def stopped_by_signals(running: Stoppable) -> Iterator[None]:
    """Let SIGINT and SIGTERM stop it, so that it finishes its present work; the process ends within GRACE."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        end_within(GRACE)
        running.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def told_to_stop() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set; the process ends within GRACE afterwards."""
    told = asyncio.Event()

    def stop() -> None:
        end_within(GRACE)
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return told


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until SIGINT or SIGTERM, and then end it; what it dies of before that is raised at once."""
    loop, told = asyncio.get_running_loop(), told_to_stop()
    tasks = loop.create_task(told.wait()), loop.create_task(work)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        await end(task)


def end_within(seconds: float, status: int = 0) -> None:
    """End the process within so many seconds, whatever its threads still wait for: a broker, a database."""

    def end_now() -> None:
        time.sleep(seconds)  # the grace itself: nothing is waited for that could come sooner than the end does
        # As if it were killed: what was not acknowledged or committed is begun again by whoever runs next.
        print("Ended in the middle of a wait; what was not acknowledged is done again.", file=sys.stderr, flush=True)  # noqa: T201 - the last word
        os._exit(status)

    threading.Thread(target=end_now, name="grace", daemon=True).start()
