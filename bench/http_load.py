"""Loads an HTTP server: a number of open connections, each sending its next request as soon as it is answered.

It is a separate process (`python -m bench.http_load`), so that it shares no interpreter with the measured server. It
reads its plan on standard input and prints its figures, with the share of a core that it used itself: if that is not
far below 1, it measures itself.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, cycle
from typing import NamedTuple, cast

from application.event_loop import run
from bench.callers import WARM_UP
from bench.figures import Measured, measured

NUMBER = "{number}"
"""If a request contains this, each sending of it contains another number in its place."""

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


class Plan(NamedTuple):
    """The server, the time, and for each connection the requests that it sends in turn."""

    port: int
    seconds: float
    status: int
    connections: Sequence[Sequence[str]]


class UnexpectedAnswerError(Exception):
    """The server did not answer as it should, so its rate would mean nothing."""


class Connection(asyncio.Protocol):
    """One connection; it sends a request, and the next one when the whole answer is there."""

    def __init__(self, requests: Iterator[bytes], status: int, begin: float, end: float) -> None:
        self._requests, self._begin, self._end = requests, begin, end
        self._expected = f"HTTP/1.1 {status} ".encode()
        self._received, self._missing = b"", -1
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, though it does not declare it
        self._ask(time.perf_counter())

    def data_received(self, data: bytes) -> None:
        """Receive a part of an answer."""
        self._received += data
        if self._missing < 0:
            head, found, body = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            length = _LENGTH.search(head)
            if not head.startswith(self._expected) or length is None:
                self._fail(self._received)
                return
            self._missing = int(length[1]) - len(body)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            self._answered(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless the load has ended."""
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswerError(f"the connection was closed: {exc}"))

    def _ask(self, now: float) -> None:
        self._asked, self._received, self._missing = now, b"", -1
        self._transport.write(next(self._requests))

    def _answered(self, now: float) -> None:
        if self._begin <= now < self._end:
            self.latencies.append(now - self._asked)
        if now < self._end:
            self._ask(now)
        elif not self.done.done():
            self.done.set_result(None)

    def _fail(self, answer: bytes) -> None:
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswerError(answer[:400].decode(errors="replace")))


async def load(plan: Plan) -> Measured:
    """Return the server's figures under this load.

    Raises:
        UnexpectedAnswerError: an answer differs from the plan.
    """
    loop = asyncio.get_running_loop()
    begin = time.perf_counter() + WARM_UP * plan.seconds
    numbers = count(time.time_ns())
    made = []
    for requests in plan.connections:
        connect = partial(Connection, _in_turn(requests, numbers), plan.status, begin, begin + plan.seconds)
        _, connection = await loop.create_connection(connect, "127.0.0.1", plan.port)
        made.append(connection)
    used, started = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one.done for one in made))
    share = (time.process_time() - used) / (time.perf_counter() - started)
    latencies = [latency for one in made for latency in one.latencies]
    return measured(latencies, plan.seconds, f"load generator used {share:.0%} of a core")


def request(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """Return a request as bytes; its body must keep its length when a number is inserted."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*lines, "", body])


def _in_turn(requests: Sequence[str], numbers: Iterator[int]) -> Iterator[bytes]:
    for text in cycle(requests):
        yield text.replace(NUMBER, str(next(numbers))).encode()


if __name__ == "__main__":
    print(json.dumps(run(load(Plan(**json.load(sys.stdin))))))
