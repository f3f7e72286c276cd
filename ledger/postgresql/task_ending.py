"""Ends a task for certain, so that what it uses can be closed."""

import asyncio
import contextlib


async def end(task: asyncio.Task[object] | None) -> None:
    """Cancel the task and return when it has ended; raise what it has died of, if not of this.

    Whoever closes a session does this first, so that nobody is left who waits on it.
    """
    if task is None:
        return
    while not task.done():
        # Asked again and again: the first time the driver asks the server to cancel and waits for it, for seconds where
        # nothing answers; the second time it does not. And before Python 3.12 a wait may lose a cancellation.
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()  # lets go of what the task had in hand: a connection half made, which would hold up the server
