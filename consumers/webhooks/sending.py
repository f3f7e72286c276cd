"""Sends to an endpoint: connects to a checked address, follows no redirect, reads little, does not wait long."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpcore2

from application.subscriptions.egress import AddressRefusedError, Egress
from consumers.webhooks.resolving import OneAtATime, Resolver, system_resolver
from consumers.webhooks.schedule import Answer
from consumers.webhooks.settings import WebhookSettings

_MOST_READ: Final = 16 << 10  # bytes of an answer's body, which nobody looks at
_LONGEST_READ: Final = 1.0  # seconds for the same: once the body is read, the next delivery can use the connection
_KEPT_OPEN: Final = 4.0  # seconds: most servers close an unused connection later than that

_EXPECTED: Final = (TimeoutError, AddressRefusedError, OSError, httpcore2.NetworkError, httpcore2.ProtocolError)


class NotDeliveredError(Exception):
    """The endpoint has not answered; the text says why, and names no address."""


class Sender:
    """Sends one subscription's deliveries; connections are kept open between them.

    Args:
        settings: allowed addresses, time limits, how many at a time.
        resolve: returns the addresses of a host.
        keeps: of the body of an answer so many bytes are kept; an answer with more counts as broken off. 0: nobody
            looks at bodies.
    """

    def __init__(self, settings: WebhookSettings, resolve: Resolver = system_resolver, *, keeps: int = 0) -> None:
        self._time_limit, self._keeps = settings.time_limit, keeps
        self._lookups = OneAtATime(resolve)
        self._closing: asyncio.Task[None] | None = None
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_tls(settings.ca_file),
            max_connections=settings.at_once,
            keepalive_expiry=_KEPT_OPEN,
            network_backend=_CheckedConnections(settings.egress, self._lookups),
        )

    async def close(self) -> None:
        """Close all connections; if the caller is interrupted, closing goes on, and calling this again waits for it."""
        if self._closing is None:
            # In a separate task: a pool that is interrupted while it closes forgets its other connections.
            self._closing = asyncio.get_running_loop().create_task(self._close())
        await asyncio.shield(self._closing)

    async def post(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body and return the answer, as soon as its status and a little of its body are read.

        Raises:
            NotDeliveredError: no answer came within the time limit, or the address is refused.
        """
        answers: list[Answer] = []
        try:
            async with asyncio.timeout(self._time_limit) as patience:
                await self._post(endpoint, headers, body, answers, patience)
        except _EXPECTED as error:
            if not answers:  # else the answer came, and only the rest of its body is missing
                raise NotDeliveredError(_reason(error)) from error
        return answers[0]

    async def _close(self) -> None:
        await self._lookups.end()
        await self._pool.aclose()

    async def _post(
        self,
        endpoint: str,
        headers: Mapping[str, str],
        body: bytes,
        answers: list[Answer],
        patience: asyncio.Timeout,
    ) -> None:
        async with self._pool.stream("POST", endpoint, headers=list(headers.items()), content=body) as response:
            told = [value for name, value in response.headers if name.lower() == b"retry-after"]
            answer = Answer(response.status, told[0].decode("latin-1") if told else None)
            if self._keeps:
                answers.append(answer._replace(body=await self._whole(response)))
                return
            answers.append(answer)
            patience.reschedule(asyncio.get_running_loop().time() + _LONGEST_READ)
            read = 0
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > _MOST_READ:
                    break  # drop the rest, and the connection

    async def _whole(self, response: httpcore2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > self._keeps:
                raise httpcore2.RemoteProtocolError("the answer is too large")
        return bytes(body)


class _CheckedConnections(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that the egress policy allows.

    A name is resolved once for a connection. Every address of the name must be allowed, and the connection goes to one
    of exactly these addresses, whatever the name means a moment later. TLS and Host use the name.
    """

    def __init__(self, egress: Egress, resolve: Resolver) -> None:
        self._egress, self._resolve = egress, resolve
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        for address in addresses:
            self._egress.check(host, address)
        refused: httpcore2.ConnectError | None = None
        for address in addresses:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore2.ConnectError as error:
                refused = error
        raise refused or httpcore2.ConnectError("the host has no address")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


def _reason(error: BaseException) -> str:
    """Return what went wrong, for people."""
    if isinstance(error, AddressRefusedError):
        return f"has an address that is refused: {error}"
    if isinstance(error, TimeoutError):
        return "has not answered in time"
    if isinstance(error, socket.gaierror):
        return "has a name without an address"
    if _led_to_by_tls(error):
        return "has a certificate that is not accepted, or does not speak TLS"
    if isinstance(error, httpcore2.ConnectError | OSError):
        return "cannot be connected to"
    return "has broken the connection off"


def _led_to_by_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


@functools.cache  # one for all subscriptions: otherwise each would load the system's certificates
def _tls(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
