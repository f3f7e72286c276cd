"""Makes sure that tasks have ended and sessions are closed, also where whoever closes them is cancelled."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable


async def end(task: asyncio.Task[object] | None) -> None:
    """Cancel the task and return when it has ended; raise its error, unless that is the cancellation.

    Do this before you close a session, so that no task still waits on it.
    """
    if task is None:
        return
    while not task.done():
        # Cancelled repeatedly: the first time the driver asks the server to cancel and waits for it, for seconds if
        # nothing answers; the second time it does not. And before Python 3.12 a wait may lose a cancellation.
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()  # releases what the task held: an unfinished connection would block the server


async def close_all(*closes: Callable[[], Awaitable[object]]) -> None:
    """Close things one after the other: each of them, also where closing an earlier one fails or is cancelled."""
    async with contextlib.AsyncExitStack() as rest:
        for close in reversed(closes):
            rest.push_async_callback(close)
