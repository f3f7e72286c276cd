"""Runs the HTTP server (uvicorn) inside the caller's event loop."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

Answer = TypeVar("Answer")
_GRACE = 10  # seconds that requests under way are given at the end


class Server(uvicorn.Server):
    """A uvicorn server that tells endless answers (event streams) to end before it waits for them."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing, self._on_start = closing, on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM, and leave it at that.

        uvicorn would raise the signal once more afterwards; SIGTERM would then end the process before whoever serves
        has closed what is open, the embedded databases say.
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
    """Return a socket that listens there; port 0 takes a free one.

    Raises:
        OSError: the address is taken, or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: asyncio sends small answers at once (TCP_NODELAY) on such sockets only. Otherwise the second
    # part of an answer waits for the caller to acknowledge the first, which callers put off for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def make_server(app: FastAPI, *, closing: asyncio.Event, on_start: Callable[[], None] = lambda: None) -> Server:
    """Return a server of the app; set its `should_exit` to end it.

    There is no access log: addresses name cases.
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
    """Serve until SIGINT or SIGTERM; what is under way is finished first."""
    await make_server(app, closing=closing, on_start=on_start).serve(sockets=[listener])
