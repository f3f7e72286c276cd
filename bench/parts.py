"""The events for the append rows: parts already sealed, with the sizes of a usual step."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from application.clock import system_clock
from application.identity import new_id
from domain.case.events import StepRecorded
from domain.envelope import Actor, Envelope
from ledger.published.codec import open_part
from ledger.store.entries import IdempotencyKey, NewEvent

AGENCY: Final = "city-of-baku"
_ENVELOPE: Final = Envelope(
    actor=Actor(role="official", pseudonym="b8cfa1f4-0000-4000-8000-8d9c5d9a2b11"),
    agencies=(AGENCY,),
    occurred_at=datetime(2026, 11, 29, 10, tzinfo=UTC),
    origin="live",
    correlation=UUID("019abcde-f012-7345-8678-9abcdef01234"),
)
# As the codec writes it: anything else would be no event of ours, and concern nobody.
OPEN: Final = open_part(StepRecorded(step="check-plans"), _ENVELOPE)
SEALED: Final = b'{"5f0c7d52-93a1-4c0e-9d3b-2f6a1e8b4c70":{"note":"'.ljust(147, b"A") + b'"}}'
TOPIC: Final = StepRecorded.topic
_EVENTS_OF_A_STREAM = 10


def draw() -> Iterator[bytes]:
    """Return 32 random bytes from a large buffer, so that the append is measured and not the kernel."""
    while True:
        piece = os.urandom(1 << 16)
        yield from (piece[start : start + 32] for start in range(0, len(piece), 32))


class Author:
    """Writes one caller's next event: ten to a stream, each with another salt."""

    def __init__(self) -> None:
        self._drawn = draw()
        self._stream, self._version = UUID(int=0), _EVENTS_OF_A_STREAM

    def next_event(self) -> NewEvent:
        """Return the event after the last one."""
        if self._version == _EVENTS_OF_A_STREAM:
            self._stream, self._version = new_id(system_clock()), 0
        self._version += 1
        return NewEvent(self._stream, self._version, TOPIC, OPEN, SEALED, next(self._drawn))

    def next_key(self) -> IdempotencyKey:
        """Return a new idempotency key."""
        drawn = next(self._drawn)
        return IdempotencyKey(drawn[:16], drawn[16:])
