"""What a subscriber gets."""

from typing import NamedTuple

from ledger.store.entries import StoredEntry


class Delivery(NamedTuple):
    """An event in an agency's feed.

    `sequence` is its number among all events of the agency, `previous` that of the delivery before it in the same
    channel (0: there was none), `entry` the event as stored.
    """

    sequence: int
    previous: int
    service: str | None
    entry: StoredEntry
