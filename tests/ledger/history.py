"""Compares the requests and answers of a crew of appending processes with the ledger."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import psycopg

from tests.ledger.audit import check_ledger
from tests.ledger.journal import (
    APPENDED,
    CONFLICT,
    KEY_REUSED,
    REPEATED,
    UNAVAILABLE,
    LaneState,
    Line,
    Outcome,
    Request,
    Wrong,
)
from tests.ledger.tailer import bytes_of


class Row(NamedTuple):
    """The place of an event."""

    position: int
    recorded_at: int
    version: int


class History:
    """All reports, in the order of each lane."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.told: list[tuple[Request, Outcome]] = []
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self._open: dict[str, Request] = {}
        self._versions: dict[str, int] = {}

    def take(self, line: Line) -> None:
        """Add a process's report."""
        if isinstance(line, Wrong):
            self.wrong.append(line.text)
        elif isinstance(line, Request):
            self.asked.append(line)
            self._open[line.lane] = line
        else:
            self.counts[line.kind] += 1
            if line.kind == UNAVAILABLE:
                return
            self.told.append((self._open.pop(line.lane), line))
            self._versions[line.lane] = max(self._versions.get(line.lane, 0), line.version)

    def acknowledged(self) -> int:
        """Return how many requests were answered with a position."""
        return self.counts[APPENDED] + self.counts[REPEATED]

    def state(self, name: str, stream: str) -> LaneState:
        """Return what the lane's next process must know. The outcome of a request without an answer is unknown."""
        return LaneState(name, stream, self._versions.get(name, 0), self._open.get(name))


class Verdict(NamedTuple):
    """The result of comparing a history with the ledger. Every list is empty if the ledger kept its promises."""

    events: int
    digest: str
    lost: list[Request]
    twice: list[str]
    untrue: list[str]
    invented: list[bytes]


def judge(history: History, url: str) -> Verdict:
    """Audit the ledger itself, then compare every request and every answer with it."""
    check_ledger(url)
    stored = _stored(url)
    applied: dict[str, list[Request]] = defaultdict(list)
    known: set[bytes] = set()
    for request in history.asked:
        salts = request.salts()
        known.update(salts)
        if any(salt in stored for salt in salts):
            applied[request.key].append(request)
    return Verdict(
        events=len(stored),
        digest=_digest(stored),
        lost=[request for request, outcome in history.told if _is_lost(request, outcome, applied, stored)],
        twice=[key for key, requests in applied.items() if len(requests) > 1],
        untrue=[
            f"{request} was told {outcome}"
            for request, outcome in history.told
            if not _is_true(request, outcome, applied.get(request.key, []))
        ],
        invented=[salt for salt in stored if salt not in known],
    )


def _stored(url: str) -> dict[bytes, Row]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT salt, position, recorded_at, version FROM ledger.events ORDER BY position")
        return {salt: Row(*row) for salt, *row in rows}


def _digest(stored: dict[bytes, Row]) -> str:
    seen = hashlib.sha256()
    for salt, row in stored.items():
        seen.update(bytes_of(row.position, salt))
    return seen.hexdigest()


def _is_lost(request: Request, outcome: Outcome, applied: dict[str, list[Request]], stored: dict[bytes, Row]) -> bool:
    """Return whether a request was answered with a position, but not all of its events are stored there."""
    if outcome.kind not in {APPENDED, REPEATED}:
        return False
    by = [request] if outcome.kind == APPENDED else applied.get(request.key, [])
    end = Row(outcome.position, outcome.recorded_at, outcome.version)
    return not any(_rows(each, stored) == _ending(end, each.together) for each in by)


def _rows(request: Request, stored: dict[bytes, Row]) -> list[Row | None]:
    return [stored.get(salt) for salt in request.salts()]


def _ending(end: Row, count: int) -> list[Row]:
    """Return the positions that the events of a request must have if its last one is stored."""
    return [Row(end.position - n, end.recorded_at, end.version - n) for n in reversed(range(count))]


def _is_true(request: Request, outcome: Outcome, applied: Iterable[Request]) -> bool:
    """Return whether the answer agrees with what was stored under the request's key, if anything."""
    bodies = {each.body for each in applied}
    if outcome.kind == CONFLICT:
        return not bodies  # after a conflict, the next try uses a new key
    if outcome.kind == KEY_REUSED:
        return bool(bodies) and request.body not in bodies
    return request.body in bodies
