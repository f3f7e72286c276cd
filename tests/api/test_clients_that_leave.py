"""A client that goes away, at any moment, causes no incident."""

import logging
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.api.people import People, Person
from tests.api.running import RunningWindow

_PATIENCE = 20.0
_MORE_THAN_FITS = 160_000


def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds, within a limit."""
    ends = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def incidents(people: People) -> str:
    """Return how many unexpected errors the window has counted."""
    text = people.anyone.http.get("/metrics").text
    return "\n".join(line for line in text.splitlines() if "unexpected" in line)


def noticed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return everything that the window and its server have logged, and every error."""
    told = ("api", "uvicorn", "asyncio")
    found = [record for record in caplog.records if record.name.startswith(told) or record.levelno >= logging.ERROR]
    return [record.getMessage() for record in found]


def request(person: Person, start: str, *more: str) -> bytes:
    token = person.http.headers["Authorization"]
    lines = (f"{start} HTTP/1.1", "Host: x", f"Authorization: {token}", "Content-Type: application/json", *more, "", "")
    return "\r\n".join(lines).encode()


def must_wait(window: RunningWindow) -> bool:
    """Return whether the window cannot say more to somebody before they have read on."""
    lines = window.server.server_state.connections
    return any(line.flow.write_paused for line in lines if isinstance(line, H11Protocol | HttpToolsProtocol))


def sent_and_left(window: RunningWindow, given: bytes, *, reads: bytes = b"", slow: bool = False, resets: bool) -> None:
    """Send, read until the answer begins, and leave, by closing (FIN) or by a reset (RST).

    A slow reader leaves once the window waits for it to read on.
    """
    place = urlsplit(window.base_url)
    with socket.socket() as line:
        line.settimeout(_PATIENCE)
        if slow:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)
        line.connect((place.hostname or "", place.port or 0))
        line.sendall(given)
        answered = b""
        while reads not in answered:
            more = line.recv(1 << 16)
            assert more, answered
            answered += more
        until(lambda: bool(window.server.server_state.tasks))
        if slow:
            until(lambda: must_wait(window))
        if resets:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: not window.server.server_state.tasks)


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("body", [b"", b'{"service":'])
@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_incident(
    window: RunningWindow, people: People, caplog: pytest.LogCaptureFixture, length: str, body: bytes, *, resets: bool
) -> None:
    before = incidents(people)
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body and "chunked" in length else body
    with caplog.at_level(logging.WARNING):
        sent_and_left(window, request(people.citizen, "POST /v1/cases", length) + chunk, resets=resets)

    assert incidents(people) == before
    assert not noticed(caplog)


@pytest.mark.parametrize("resets", [False, True])
def test_a_client_that_leaves_a_stream_of_events_is_no_incident(
    window: RunningWindow, people: People, caplog: pytest.LogCaptureFixture, *, resets: bool
) -> None:
    before = incidents(people)
    with caplog.at_level(logging.WARNING):
        given = request(people.system, "GET /v1/events/stream")
        sent_and_left(window, given, reads=b"pencere events", resets=resets)

    assert incidents(people) == before
    assert not noticed(caplog)


@pytest.mark.parametrize("resets", [False, True])
def test_a_client_that_leaves_before_its_answer_is_no_incident(
    window: RunningWindow, people: People, caplog: pytest.LogCaptureFixture, *, resets: bool
) -> None:
    before = incidents(people)
    last = people.citizen.submits(people.service).headers["Position-Token"]
    with caplog.at_level(logging.WARNING):
        waits = (f"Position-Token: {int(last)}", "Prefer: wait=1")
        sent_and_left(window, request(people.citizen, "GET /v1/my/cases", *waits) * 30, resets=resets)

    assert incidents(people) == before
    assert not noticed(caplog)


@contextmanager
def little_room(window: RunningWindow) -> Iterator[None]:
    """Let lines that are opened meanwhile have little room for what was sent and not read."""
    (listening,) = window.server.servers[0].sockets
    usual = listening.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 12)
    try:
        yield
    finally:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, usual // 2)  # the kernel doubles what it is told


@pytest.mark.parametrize("resets", [False, True])
def test_a_slow_reader_that_leaves_events_unread_is_no_incident(
    window: RunningWindow, people: People, caplog: pytest.LogCaptureFixture, *, resets: bool
) -> None:
    """The window has more to say than fits on its way to the reader, and waits until they read on."""
    before = incidents(people)
    while len(people.system.asks("/v1/events?limit=1000").content) < _MORE_THAN_FITS:
        for _ in range(20):
            last = people.citizen.submits(people.service).headers["Position-Token"]
        people.system.asks("/v1/events?limit=1", position=last)
    with caplog.at_level(logging.WARNING), little_room(window):
        given = request(people.system, "GET /v1/events/stream")
        sent_and_left(window, given, reads=b"pencere events", slow=True, resets=resets)

    assert incidents(people) == before
    assert not noticed(caplog)
