"""What a subscriber receives."""

from typing import NamedTuple

from ledger.store.entries import StoredEntry


class Delivery(NamedTuple):
    """An event in an agency's feed.

    `sequence` is its number among all events of the agency. `previous` is the number of the delivery before it in the
    same channel, 0 for the first. `entry` is the event as stored.
    """

    sequence: int
    previous: int
    service: str | None
    entry: StoredEntry
