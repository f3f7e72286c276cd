"""Every example as an entry of a ledger, with an envelope that has every member."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from domain.envelope import Actor, Envelope
from domain.event import Event
from ledger.published.codec import open_part
from ledger.store.entries import StoredEntry
from tests.domain.examples import EXAMPLES

STREAM = UUID("01931f6e-7a00-7000-8000-0000000000aa")
ENVELOPE = Envelope(
    actor=Actor(role="official", pseudonym="official-3f2a"),
    agencies=("town", "other-town"),
    occurred_at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    origin="live",
    causation="01931f6e-7a00-7000-8000-0000000000bb:7",
    correlation=STREAM,
)
BARE = Envelope(
    actor=Actor(role="clock", pseudonym="clock"), agencies=(), occurred_at=ENVELOPE.occurred_at, origin="clock"
)


def entry_of(event: Event, version: int = 1, envelope: Envelope = ENVELOPE) -> StoredEntry:
    """Return an event as the ledger stores it."""
    recorded_at = 1_795_534_200_000_000 + version
    return StoredEntry(
        version, STREAM, version, recorded_at, event.topic, bytes(32), open_part(event, envelope), b"sealed"
    )


def entries() -> Iterator[StoredEntry]:
    """Return every example, one after the other in one stream."""
    return (entry_of(event, number) for number, event in enumerate(EXAMPLES, start=1))
