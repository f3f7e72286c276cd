"""Events to append, and the ones that were acknowledged."""

import os
from uuid import UUID

from ledger.store.entries import IdempotencyKey, NewEvent


def new_stream() -> UUID:
    """Return a stream that nobody has."""
    return UUID(bytes=os.urandom(16))


def new_key() -> IdempotencyKey:
    """Return an idempotency key that nobody has used."""
    return IdempotencyKey(os.urandom(16), os.urandom(16))


def new_event(stream: UUID, version: int, topic: str = "case.step_recorded", opened: bytes = b"{}") -> NewEvent:
    """Return an event with a salt of its own."""
    return NewEvent(stream, version, topic, opened, b"", os.urandom(32))


def new_events(stream: UUID, first: int, count: int) -> list[NewEvent]:
    """Return events of one stream, with consecutive versions."""
    return [new_event(stream, version) for version in range(first, first + count)]
