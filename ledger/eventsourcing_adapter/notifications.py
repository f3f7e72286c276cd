"""What the package calls a notification: an entry of the ledger, numbered by its position."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eventsourcing.persistence import Notification

from ledger.store.entries import StoredEntry
from ledger.store.threads import ThreadedLedger

SCANNED_AT_ONCE = 10_000
"""Positions that one statement looks at when it picks out topics, which have no index."""


@dataclass(frozen=True)
class LedgerNotification(Notification):
    """A notification that still knows all that the ledger stores about its event; its state is the open part."""

    entry: StoredEntry


class Scanned(NamedTuple):
    """What a scan found, and the position up to which it found everything."""

    found: list[LedgerNotification]
    reached: int


def notification_of(entry: StoredEntry) -> LedgerNotification:
    """Return an entry as a notification."""
    return LedgerNotification(
        originator_id=entry.stream,
        originator_version=entry.version,
        topic=entry.topic,
        state=entry.open,
        id=entry.position,
        entry=entry,
    )


def scan(ledger: ThreadedLedger, after: int, up_to: int, topics: Sequence[str], limit: int) -> Scanned:
    """Return at most `limit` notifications after a position, in one statement of bounded cost.

    Without topics there are no gaps, so it gets to `limit` or `up_to`. With topics it looks at SCANNED_AT_ONCE
    positions at most, and whoever wants more goes on from `reached`.
    """
    if topics:
        up_to = min(up_to, after + SCANNED_AT_ONCE)
        entries = ledger.read_topics(topics, after, up_to, limit)
    else:
        entries = ledger.read(after, min(limit, up_to - after))
    reached = entries[-1].position if entries and len(entries) >= limit else up_to
    return Scanned([notification_of(entry) for entry in entries], reached)
