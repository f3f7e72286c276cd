"""A body has to come in time, and with a token that is still valid when its last byte has come."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from http.client import HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from api.development_issuer import issue_token
from api.tokens import LEEWAY
from application.access.callers import Role
from application.clock import system_clock
from application.identity import new_id
from tests.api.people import ANSWERS, People, Person
from tests.api.running import RunningWindow, Where
from tests.api.test_clients_that_leave import request

_LIMIT = 20.0
_SHORT = 0.25  # seconds that a body has to come in a hurried window
_MOST = 5000  # requests within the lifetime of a short token
_ROLES = (Role.CITIZEN, Role.OFFICIAL, Role.AGENCY, Role.COORDINATOR, Role.AUDITOR)


@pytest.fixture(scope="module")
def hurried(where: Where, window: RunningWindow) -> Iterator[RunningWindow]:
    """A window on the same databases in which a body has little time."""
    with RunningWindow(where, window.settings.data, projecting=False, body_within=_SHORT) as running:
        yield running


def connected(window: RunningWindow) -> socket.socket:
    place = urlsplit(window.base_url)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=_LIMIT)


class Told(NamedTuple):
    """The answer that came on a line."""

    status: int
    closes: bool
    document: dict[str, Any]


def told_on(line: socket.socket) -> Told:
    """Return the answer that comes on this line."""
    answer = HTTPResponse(line)
    answer.begin()
    return Told(answer.status, answer.headers["Connection"] == "close", json.loads(answer.read()))


def routes_with_a_body(window: RunningWindow) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, address and description of every operation that the OpenAPI document gives a body."""
    with window.somebody(Role.ANYONE, "").http as http:
        paths = http.get("/openapi.json").json()["paths"]
    values = dict.fromkeys(("slug", "name", "element", "agency", "desk"), "a")
    values |= dict.fromkeys(("case_id", "mandate_id"), str(new_id(system_clock()))) | {"number": "1"}
    return [
        (method.upper(), path.format_map(values), operation)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "requestBody" in operation
    ]


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_every_route_that_takes_a_body_waits_for_it_within_a_limit_and_says_so(
    hurried: RunningWindow, length: str
) -> None:
    routes = routes_with_a_body(hurried)
    with ExitStack() as stack:
        people = {role: hurried.somebody(role, "slow", "slow-agency") for role in _ROLES}
        for person in people.values():
            stack.enter_context(person.http)
        lines = [stack.enter_context(connected(hurried)) for _ in routes]
        for (method, path, operation), line in zip(routes, lines, strict=True):
            person = next(people[role] for role in _ROLES if role.value in operation["x-roles"])
            line.sendall(request(person, f"{method} {path}", length, 'If-Match: "1"'))
        answers = [told_on(line) for line in lines]

    assert len(routes) > 15
    for (method, path, operation), answer in zip(routes, answers, strict=True):
        assert (answer.status, answer.document["rule"]) == (408, "body-not-in-time"), f"{method} {path}"
        assert answer.closes, "the rest of the body may still come"
        assert "408" in operation["responses"], f"{method} {path}"


def test_a_body_that_keeps_coming_slowly_has_no_more_time_than_others(hurried: RunningWindow) -> None:
    person = hurried.somebody(Role.CITIZEN, "slow")
    with person.http, connected(hurried) as line:
        line.sendall(request(person, "POST /v1/cases", "Content-Length: 1000000"))
        line.settimeout(_SHORT / 10)
        for _ in range(1000):
            line.sendall(b" ")
            try:
                answered = line.recv(1 << 16)
                break
            except TimeoutError:
                continue
        else:
            answered = b""

    assert answered.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_comes_in_time_is_served(window: RunningWindow, people: People) -> None:
    body = json.dumps({"service": people.service, "answers": ANSWERS}).encode()
    with connected(window) as line:
        line.sendall(request(people.citizen, "POST /v1/cases", f"Content-Length: {len(body)}"))
        line.sendall(body[:10])
        people.citizen.asks("/v1/services")
        line.sendall(body[10:])

        assert told_on(line).status == 201


def test_a_token_that_expires_before_the_last_byte_does_nothing(window: RunningWindow, people: People) -> None:
    body = json.dumps({"service": people.service, "answers": ANSWERS}).encode()
    lifetime = timedelta(seconds=2) - LEEWAY
    token = issue_token(window.settings, Role.CITIZEN, "short-lived", now=system_clock(), lifetime=lifetime)
    person = Person(window.base_url, token, "short-lived")
    with closing(person.http), connected(window) as line:
        line.sendall(request(person, "POST /v1/cases", f"Content-Length: {len(body)}"))
        line.sendall(body[:-1])
        begun = person.asks("/v1/my/cases").status_code
        before = window.everything_recorded()
        asked = (person.asks("/v1/my/cases").status_code for _ in range(_MOST))
        assert 401 in asked, "the token has not expired"
        line.sendall(body[-1:])
        answer = told_on(line)

    assert begun == 200
    assert (answer.status, answer.document.get("rule")) == (401, "token-expired")
    assert window.everything_recorded() == before
