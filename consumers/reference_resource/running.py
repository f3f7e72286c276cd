"""Runs the reference resource: both doors on one event loop."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn

from application.clock import Clock, system_clock
from consumers.kafka_settings import KafkaSettings
from consumers.reference_resource.answering import Answering
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.http_door import HttpDoor
from consumers.reference_resource.kafka_door import KafkaDoor
from consumers.reference_resource.kept import Kept, keys_in
from consumers.reference_resource.registers import IDENTIFIER, REGISTERS, Kind
from consumers.reference_resource.resource import Resource
from consumers.reference_resource.window_keys import WindowKeys
from domain.register.values import Integration, Transport

_HOST: Final = "127.0.0.1"
_GRACE: Final = 3  # seconds that requests under way have at the end


class ReferenceSettings(NamedTuple):
    """What an operator chooses.

    Attributes:
        kind: which register it is.
        name: the name under which it is registered.
        folder: where its keys and answers are.
        window: the address of the window.
        port: where it listens on this machine; 0 is any free port.
        kafka: where Kafka is, if it is asked that way too.
        address: how people and the window reach it, if not on this machine.
        behaviour: its switches at the start.
    """

    kind: Kind
    name: str
    folder: Path
    window: str
    port: int = 0
    kafka: KafkaSettings | None = None
    address: str | None = None
    behaviour: Behaviour = Behaviour()


class PortTakenError(Exception):
    """Nothing can listen on the port."""


def described(settings: ReferenceSettings, transport: Transport) -> Integration:
    """Return how the resource is asked, as its owner registers it; its keys are made if there are none."""
    keys = keys_in(settings.folder)
    address = settings.address or f"http://{_HOST}:{settings.port}"
    return Integration(
        elements=tuple(REGISTERS[settings.kind].elements),
        identifier=IDENTIFIER,
        transport=transport,
        endpoint=f"{address}/evidence" if transport == "http" else None,
        acknowledged_within=60,
        answered_within=3600,
        preview_required=settings.behaviour.preview,
        sealing_key=str(keys.sealing.as_dict(private=False)["x"]),
        signing_key=str(keys.signing.as_dict(private=False)["x"]),
    )


async def run_reference_resource(
    settings: ReferenceSettings,
    on_start: Callable[[str], None] = lambda _address: None,
    clock: Clock = system_clock,
) -> None:
    """Serve until SIGINT or SIGTERM, or until it is cancelled.

    Raises:
        PortTakenError: nothing can listen on the port.
        ValueError: the window's address is neither https nor on this machine.
    """
    async with serving(settings, clock) as (server, listener, address):
        server.on_start = lambda: on_start(address)
        await server.serve(sockets=[listener])


@asynccontextmanager
async def serving(
    settings: ReferenceSettings, clock: Clock = system_clock
) -> AsyncIterator[tuple["Server", socket.socket, str]]:
    """Make everything but the server's run, and close it at the end."""
    window = WindowKeys(settings.window)
    listener = _bound(settings.port)
    address = settings.address or f"http://{_HOST}:{listener.getsockname()[1]}"
    keys = keys_in(settings.folder)
    answering = Answering(settings.name, REGISTERS[settings.kind], keys, Kept(settings.folder), address)
    answering.behaviour = settings.behaviour
    resource = Resource(answering, window, clock)
    try:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(resource.close)
            if settings.kafka is not None:
                await stack.enter_async_context(KafkaDoor(resource, settings.kafka, asyncio.get_running_loop()))
            yield Server(HttpDoor(resource)), listener, address
    finally:
        listener.close()


class Server(uvicorn.Server):
    """A server that ends on SIGINT and SIGTERM without raising the signal again, and says when it has started."""

    def __init__(self, door: HttpDoor) -> None:
        super().__init__(
            uvicorn.Config(
                door,
                http="httptools",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self.on_start: Callable[[], None] = lambda: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self.on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on the signals, so that the caller can close what is open."""
        with contextlib.suppress(ValueError):  # not in the main thread: whoever runs us ends us
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.handle_exit)
        yield


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"cannot listen on port {port}: {errno.errorcode.get(error.errno or 0, 'error')}"
        ) from None
    return listener
