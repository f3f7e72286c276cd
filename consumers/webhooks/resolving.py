"""Looks up names, so that a name whose servers hang delays no other."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import TypeAlias

from application.subscriptions.special_addresses import Address
from ledger.postgresql.task_ending import end

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Returns the addresses of a host, for a port; raises OSError when there are none."""


async def system_resolver(host: str, port: int) -> Sequence[Address]:
    """Return the addresses that this machine knows for the host.

    It runs in a separate thread: the event loop has few threads for lookups, and one may take half a minute.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[Address]] = loop.create_future()

    def tell(addresses: Sequence[Address], error: OSError | UnicodeError | None) -> None:
        if found.done():
            return  # the caller has stopped waiting
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error if isinstance(error, OSError) else socket.gaierror("no name"))

    def look_up() -> None:
        addresses: list[Address] = []
        error: OSError | UnicodeError | None = None
        try:
            places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [ip_address(place[0]) for *_, place in places]
        except (OSError, UnicodeError) as failed:
            error = failed
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, addresses, error)

    threading.Thread(target=look_up, name="webhook lookup", daemon=True).start()
    return await found


class OneAtATime:
    """Looks a name up once for all callers at the same time, and goes on when they have stopped waiting.

    So a name that hangs uses only one thread, however often it is tried.
    """

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._under_way: dict[tuple[str, int], asyncio.Task[Sequence[Address]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Return the host's addresses from the running lookup, or from a new one."""
        wanted = (host, port)
        if wanted not in self._under_way:
            task = asyncio.get_running_loop().create_task(self._look_up(wanted))
            self._under_way[wanted] = task
        return await asyncio.shield(self._under_way[wanted])

    async def end(self) -> None:
        """Stop waiting for answers."""
        for task in list(self._under_way.values()):
            await end(task)

    async def _look_up(self, wanted: tuple[str, int]) -> Sequence[Address]:
        try:
            return await self._resolve(*wanted)
        finally:
            del self._under_way[wanted]
