"""What goes into the ledger and what comes out of it."""

from typing import Final, NamedTuple
from uuid import UUID


class NewEvent(NamedTuple):
    """An event to append: `salt` is 32 random bytes, `open` and `sealed` are stored byte for byte.

    `version` is the one that the event shall have; the stream must be at `version - 1` then.
    """

    stream: UUID
    version: int
    topic: str
    open: bytes
    sealed: bytes
    salt: bytes


class StoredEntry(NamedTuple):
    """An event as stored; `recorded_at` is microseconds since 1970-01-01T00:00:00Z."""

    position: int
    stream: UUID
    version: int
    recorded_at: int
    topic: str
    salt: bytes
    open: bytes
    sealed: bytes


COLUMNS: Final = ", ".join(f"e.{name}" for name in StoredEntry._fields)
"""What to select of `ledger.events e`, so that each row makes a `StoredEntry`."""


class IdempotencyKey(NamedTuple):
    """The first 16 bytes of two keyed hashes: of scope and key, and of the body that came with it."""

    key: bytes
    body: bytes


class Appended(NamedTuple):
    """Where an append ended: position, stream and version of its last event.

    `repeated` tells that this is the answer which an earlier append with the same key was given; nothing of this
    one is stored then.
    """

    position: int
    recorded_at: int
    stream: UUID
    version: int
    repeated: bool
