"""Runs the HTTP server (uvicorn) inside the caller's event loop."""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

Answer = TypeVar("Answer")
_GRACE = 10  # seconds that requests under way have at the end


class Server(uvicorn.Server):
    """A uvicorn server that ends endless answers (event streams) before it waits for all answers."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing, self._on_start = closing, on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then call `on_start`."""
        await super().startup(sockets)
        if self.started:
            self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM, without raising the signal again.

        uvicorn would raise the signal once more afterwards. SIGTERM would then end the process before the caller has
        closed what is open, such as the embedded databases.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._closing.set()
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; port 0 means any free port.

    Raises:
        OSError: the address is taken, or not this machine's, or none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends small answers at once (TCP_NODELAY) only on such sockets. Otherwise
    # the second part of an answer waits until the caller acknowledges the first, which callers delay by 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except TypeError as error:  # what the library says of a name that has no form in ASCII
        listener.close()
        raise OSError(errno.EINVAL, "no host has such a name") from error
    except OSError:
        listener.close()
        raise
    return listener


def make_server(app: FastAPI, *, closing: asyncio.Event, on_start: Callable[[], None] = lambda: None) -> Server:
    """Return a server of the app; set its `should_exit` to end it.

    There is no access log, because addresses name cases.
    """
    config = uvicorn.Config(
        app,
        http="httptools",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config, closing, on_start)


async def serve(
    app: FastAPI, listener: socket.socket, *, closing: asyncio.Event, on_start: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests under way."""
    await make_server(app, closing=closing, on_start=on_start).serve(sockets=[listener])
