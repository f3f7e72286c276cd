"""Makes events to append."""

import os
from uuid import UUID

from ledger.store.entries import IdempotencyKey, NewEvent


def new_stream() -> UUID:
    """Return the id of a new stream."""
    return UUID(bytes=os.urandom(16))


def new_key() -> IdempotencyKey:
    """Return a new idempotency key."""
    return IdempotencyKey(os.urandom(16), os.urandom(16))


def new_event(stream: UUID, version: int, topic: str = "case.step_recorded", opened: bytes = b"{}") -> NewEvent:
    """Return an event with a new salt."""
    return NewEvent(stream, version, topic, opened, b"", os.urandom(32))


def new_events(stream: UUID, first: int, count: int) -> list[NewEvent]:
    """Return events of one stream, with consecutive versions."""
    return [new_event(stream, version) for version in range(first, first + count)]
