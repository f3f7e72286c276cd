"""What an appending process reports of each request: before it asks, and as soon as it knows the answer.

A line is one write of less than PIPE_BUF bytes to a pipe, so `kill -9` can neither split nor undo it.
"""

import hashlib
import json
import os
from typing import NamedTuple, TypeAlias
from uuid import UUID

from ledger.store.entries import IdempotencyKey, NewEvent

APPENDED, REPEATED, CONFLICT, KEY_REUSED, UNAVAILABLE = "appended", "repeated", "conflict", "key-reused", "unavailable"


class Request(NamedTuple):
    """One append: so many events of a stream, from a version on, with a key. Its salts are derived from the nonce."""

    lane: str
    nonce: str
    key: str
    body: str
    stream: str
    version: int
    together: int
    expected: str

    def salts(self) -> list[bytes]:
        """Return the salt of each event."""
        return [hashlib.sha256(f"{self.nonce} {number}".encode()).digest() for number in range(self.together)]

    def events(self) -> list[NewEvent]:
        """Return the events to append."""
        stream = UUID(self.stream)
        return [
            NewEvent(stream, version, "case.step_recorded", self.key.encode(), b"", salt)
            for version, salt in enumerate(self.salts(), self.version)
        ]

    def idempotency_key(self) -> IdempotencyKey:
        """Return the key with the hash of the body."""
        return IdempotencyKey(bytes.fromhex(self.key), bytes.fromhex(self.body))

    def again(self, expected: str) -> "Request":
        """Return the same request with other salts, as from somebody who knows only the key."""
        return self._replace(nonce=new_nonce(), expected=expected)


class Outcome(NamedTuple):
    """The answer to a lane's request. The numbers are 0 unless it was appended, now or before."""

    lane: str
    kind: str
    position: int = 0
    recorded_at: int = 0
    version: int = 0


class Wrong(NamedTuple):
    """Something that must not happen."""

    text: str


Line: TypeAlias = Request | Outcome | Wrong


class LaneState(NamedTuple):
    """What a lane's next process must know: the version of its stream, and the request without an answer."""

    name: str
    stream: str
    version: int
    unknown: Request | None


class Orders(NamedTuple):
    """The orders for an appending process."""

    url: str
    seed: str
    lanes: list[LaneState]


def new_nonce() -> str:
    """Return a value that no other request has."""
    return os.urandom(16).hex()


def to_line(said: Line) -> bytes:
    """Return it as a line."""
    return json.dumps([type(said).__name__, *said]).encode() + b"\n"


def from_line(line: bytes) -> Line:
    """Return the content of the line."""
    kind, *fields = json.loads(line)
    return {known.__name__: known for known in (Request, Outcome, Wrong)}[kind](*fields)


def to_orders(text: str) -> Orders:
    """Return the orders that were written by `json.dumps`."""
    url, seed, lanes = json.loads(text)
    return Orders(
        url,
        seed,
        [LaneState(name, stream, version, unknown and Request(*unknown)) for name, stream, version, unknown in lanes],
    )
