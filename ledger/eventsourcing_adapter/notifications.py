"""Notifications, as the package calls them: entries of the ledger, numbered by their positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eventsourcing.persistence import Notification

from ledger.store.entries import StoredEntry
from ledger.store.threads import ThreadedLedger

SCANNED_AT_ONCE = 10_000
"""How many positions one statement reads when it selects by topic; topics have no index."""


@dataclass(frozen=True)
class LedgerNotification(Notification):
    """A notification with everything that the ledger stores about its event; its state is the open part."""

    entry: StoredEntry


class Scanned(NamedTuple):
    """The notifications that a scan found, and the position up to which it has read: never beyond the last event."""

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

    With topics it reads SCANNED_AT_ONCE positions at most, without topics no more than the ledger's limit of bytes; to
    get more, call it again from `reached`, which is `after` at the ledger's end.
    """
    if topics:
        # The head is asked before the entries: a caller may believe in events that the ledger does not have (yet).
        up_to = max(after, min(up_to, after + SCANNED_AT_ONCE, ledger.head()))
        entries = ledger.read_topics(topics, after, up_to, limit)
        reached = entries[-1].position if len(entries) == limit else up_to
    else:
        entries = ledger.read(after, min(limit, up_to - after))
        reached = entries[-1].position if entries else after
    return Scanned([notification_of(entry) for entry in entries], reached)
