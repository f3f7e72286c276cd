"""The types of what goes into the ledger and comes out of it."""

from typing import Final, NamedTuple
from uuid import UUID


class NewEvent(NamedTuple):
    """An event to append: `salt` is 32 random bytes, `open` and `sealed` are stored byte for byte.

    The event will have this `version`, so the stream must be at `version - 1`.
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
"""The columns to select from `ledger.events e`, so that each row makes a `StoredEntry`."""


class IdempotencyKey(NamedTuple):
    """The first 16 bytes of two keyed hashes: one of scope and key, one of the body."""

    key: bytes
    body: bytes


class Appended(NamedTuple):
    """The result of an append: position, stream and version of its last event.

    If `repeated` is True, an earlier append with the same key got this answer, and this one stored nothing.
    """

    position: int
    recorded_at: int
    stream: UUID
    version: int
    repeated: bool
