"""A client that goes away, at any moment, causes no incident."""

import logging
import socket
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.api.people import People, Person
from tests.api.running import RunningWindow

_PATIENCE = 20.0


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


def sent_and_left(window: RunningWindow, given: bytes, *, reads: bytes = b"", resets: bool) -> None:
    """Send, read until the answer begins, and leave, by closing (FIN) or by a reset (RST)."""
    place = urlsplit(window.base_url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=_PATIENCE) as line:
        line.sendall(given)
        answered = b""
        while reads not in answered:
            more = line.recv(1 << 16)
            assert more, answered
            answered += more
        until(lambda: bool(window.server.server_state.tasks))
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
