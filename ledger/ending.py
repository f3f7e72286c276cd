"""Ends a task for certain, so that what it uses can be closed."""

import asyncio
import contextlib


async def end(task: asyncio.Task[object] | None) -> None:
    """Cancel the task and return when it has ended; raise what it has died of, if not of this.

    Whoever closes a connection must do this first: a session that is closed while a task still waits on it makes the
    event loop (libuv) abort the process.
    """
    if task is None:
        return
    while not task.done():
        # Asked again and again: before Python 3.12 asyncio.wait_for, and with it the pool's wait for a connection,
        # loses a cancellation that comes together with what is waited for.
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()  # lets go of what the task had in hand: a connection half made, which would hold up the server
