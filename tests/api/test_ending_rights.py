"""A long answer ends when the caller's right ends: a stream says so, and a wait is answered at once."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.development_issuer import issue_token
from api.tokens import LEEWAY
from application.access.callers import Role
from application.clock import system_clock
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import People, Person, assert_problem, position_of
from tests.api.running import RunningWindow, Where, fresh_databases

STREAM = "/v1/events/stream"
_LIMIT = 20
_MOST = 2000  # submissions in the lifetime of a short token


class Followed:
    """A stream that is being read to its end."""

    def __init__(self, reader: Person, query: str = "") -> None:
        self._reader, self._query = reader, query
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._begun, self._told = threading.Event(), threading.Condition()
        self._thread = threading.Thread(target=self._follow, name="follow")
        self._thread.start()
        assert self._begun.wait(_LIMIT)

    def end(self) -> dict[str, Any]:
        """Return the data of the stream's last event; the server must have ended the stream cleanly."""
        self._thread.join(_LIMIT)
        assert not self._thread.is_alive(), "the stream has not ended"
        kind, data = self.events[-1]
        assert kind == "end"
        assert [kind for kind, _ in self.events[:-1]] == ["message"] * (len(self.events) - 1)
        return data

    def has_ended(self) -> bool:
        """Return whether the stream has ended."""
        return not self._thread.is_alive()

    def has_told(self, count: int) -> None:
        """Wait until so many events have come."""
        with self._told:
            assert self._told.wait_for(lambda: len(self.events) >= count, _LIMIT)

    def _follow(self) -> None:
        kind = "message"
        headers = {"Accept": "text/event-stream"}
        with self._reader.http.stream("GET", f"{STREAM}?{self._query}", headers=headers) as answer:
            assert answer.status_code == 200
            for line in answer.iter_lines():
                self._begun.set()
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    with self._told:
                        self.events.append((kind, json.loads(value)))
                        self._told.notify_all()
                    kind = "message"


@contextmanager
def for_a_moment(window: RunningWindow, role: Role, subject: str, agency: str | None) -> Iterator[Person]:
    """Return somebody whose token is accepted for about two more seconds."""
    lifetime = timedelta(seconds=2) - LEEWAY
    token = issue_token(window.settings, role, subject, now=system_clock(), agency=agency, lifetime=lifetime)
    person = Person(window.base_url, token, subject)
    yield person
    person.http.close()


@pytest.mark.parametrize("role", [Role.AGENCY, Role.AUDITOR])
def test_a_stream_ends_with_the_token_and_not_before(window: RunningWindow, people: People, role: Role) -> None:
    people.citizen.submits(people.service)
    agency = people.agency if role is Role.AGENCY else None
    with for_a_moment(window, role, "short-lived", agency) as reader:
        ended = Followed(reader).end()

        assert ended["rule"] == "token-expired"
        assert_problem(reader.asks("/v1/events"), 401, "token-expired")


def test_a_stream_that_never_has_a_pause_ends_with_the_token_too(window: RunningWindow, people: People) -> None:
    with for_a_moment(window, Role.AGENCY, "short-lived", people.agency) as reader:
        followed = Followed(reader)
        for _ in range(_MOST):
            if followed.has_ended():
                break
            people.citizen.submits(people.service)

        assert followed.end()["rule"] == "token-expired"


def test_a_stream_ends_with_its_subscription(people: People) -> None:
    name = f"{people.agency}-ending"
    address = f"/v1/subscriptions/{name}"
    asked = people.system.sends(address, {"services": [people.service]}, method="PUT")
    given = people.coordinator.sends(f"{address}/grant", seen=asked)
    assert given.is_success, given.text
    followed = Followed(people.system, f"subscription={name}")
    people.citizen.submits(people.service)
    followed.has_told(1)

    ended = people.system.sends(f"{address}/ending", seen=given)

    assert ended.is_success, ended.text
    rule = followed.end()["rule"]
    assert_problem(people.system.asks(f"/v1/events?subscription={name}"), 409, rule)


def test_a_stream_ends_with_the_process_and_says_so(where: Where, window: RunningWindow, people: People) -> None:
    with RunningWindow(where, window.settings.data, projecting=False) as closing:
        reader = closing.somebody(Role.AGENCY, people.system.subject, people.agency)
        followed = Followed(reader)
        closing.stop()

        assert followed.end()["rule"] == "ledger-closing"
        reader.http.close()


@pytest.fixture
def standing_still(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[RunningWindow]:
    """A window in which no view moves, so only the end of a right can end a wait early."""
    with (
        fresh_databases(postgres, "standing_still") as places,
        RunningWindow(places, tmp_path, projecting=False) as still,
    ):
        yield still


def written(window: RunningWindow) -> str:
    """Write an event that no view will ever show, and return its position."""
    coordinator = window.somebody(Role.COORDINATOR, "coordinator")
    entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north"]}
    position = position_of(coordinator.sends("/v1/agencies/still", entry, method="PUT"))
    coordinator.http.close()
    return position


def test_a_wait_for_a_view_ends_with_the_token(standing_still: RunningWindow) -> None:
    position = written(standing_still)
    with for_a_moment(standing_still, Role.AUDITOR, "short-lived", None) as reader:
        assert_problem(reader.asks("/v1/events?agency=still", position=position), 401, "token-expired")


def test_a_wait_for_a_view_ends_with_the_process(standing_still: RunningWindow) -> None:
    position = written(standing_still)
    reader = standing_still.somebody(Role.AUDITOR, "auditor")
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(reader.asks, "/v1/events?agency=still", position=position)
        while not standing_still.server.server_state.tasks:
            pass  # wait until the request waits
        standing_still.stop()

        assert_problem(asked.result(_LIMIT), 503, "ledger-closing")
    reader.http.close()
