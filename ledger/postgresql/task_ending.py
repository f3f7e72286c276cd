"""Makes sure that a task has ended, so that what it uses can be closed."""

import asyncio
import contextlib


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
