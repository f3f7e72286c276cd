"""Old and new cases of a filled ledger, for callers that read them and append to them."""

import random
from collections.abc import Sequence
from uuid import UUID

import psycopg

from bench.parts import OPEN, SEALED, TOPIC, draw
from ledger.postgresql import arrays
from ledger.store.entries import IdempotencyKey, NewEvent

_SAMPLE = 100_000
_CASES = """
SELECT stream, max(version) FROM ledger.events
 WHERE stream IN (SELECT stream FROM ledger.events WHERE position = ANY (%b) AND topic LIKE 'case.%%')
 GROUP BY stream ORDER BY stream
"""


class Cases:
    """Cases with their last versions; taken in turn, so that no two callers use the same case at a time."""

    def __init__(self, cases: Sequence[tuple[UUID, int]]) -> None:
        self._streams = [stream for stream, _ in cases]
        self._versions = [version for _, version in cases]
        self._turn = 0
        self._drawn = draw()

    def next_stream(self) -> UUID:
        """Return the next case."""
        self._turn = (self._turn + 1) % len(self._streams)
        return self._streams[self._turn]

    def next_event(self) -> NewEvent:
        """Return an event after the last one of the next case."""
        stream = self.next_stream()
        self._versions[self._turn] += 1
        return NewEvent(stream, self._versions[self._turn], TOPIC, OPEN, SEALED, next(self._drawn))

    def next_key(self) -> IdempotencyKey:
        """Return a new idempotency key."""
        drawn = next(self._drawn)
        return IdempotencyKey(drawn[:16], drawn[16:])


def drawn_from(owner_url: str) -> Cases:
    """Return up to a hundred thousand cases from the whole length of the ledger, in random order."""
    with psycopg.connect(owner_url) as owner:
        arrays.register(owner)
        last = owner.execute("SELECT position FROM ledger.head").fetchall()[0][0]
        drawn = random.Random(last)  # noqa: S311 - which cases are read is no secret
        positions = [drawn.randint(1, last) for _ in range(min(_SAMPLE, last))]
        found: list[tuple[UUID, int]] = owner.execute(_CASES, [arrays.int8s(positions)]).fetchall()
    drawn.shuffle(found)
    return Cases(found)
