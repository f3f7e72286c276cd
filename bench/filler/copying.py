"""Writes events into the ledger by COPY, as its owner, with the head, positions, versions and times of appends.

Each transaction holds the head's lock, as an append does, and moves the head with the events that it copies. A crash
leaves a shorter, consistent ledger.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from struct import Struct

import psycopg

from bench.filler.lives import Happened, Town
from bench.filler.town import catalogue_events
from ledger.store.entries import NewEvent
from projections.instants import instant_at

_UNDER_WAY = 20_000  # cases at a time
_SPAN = 400 * 86_400 * 1_000_000  # microseconds over which the events are spread, until now
_IN_A_TRANSACTION, _IN_A_BLOCK = 100_000, 1_000
_SALT = 32
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_ROW = Struct(">hiqi16siqiqi")  # eight fields: position, stream, version, recorded_at, and the length of the topic
_LENGTH = Struct(">i")
_SALT_LENGTH = _LENGTH.pack(_SALT)
_COPY = (
    "COPY ledger.events (position, stream, version, recorded_at, topic, salt, open, sealed) FROM STDIN (FORMAT binary)"
)


class LedgerInUseError(Exception):
    """The ledger has events already: made-up events must not mix with them."""


def fill(owner_url: str, events: int, *, seed: int = 1, progress: Callable[[int], None] = lambda _done: None) -> None:
    """Fill an empty ledger with a number of events; the events of the catalogue come first and are counted.

    Args:
        owner_url: the ledger's database, as its owner.
        events: how many.
        seed: the same seed gives cases of the same shapes.
        progress: called with the number of events so far.

    Raises:
        LedgerInUseError: the ledger is not empty.
    """
    history = enumerate(_history(events, seed), start=1)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        done = 0
        while done < events:
            with owner.transaction():
                _hold_head(owner, done)
                done = _copy(owner, islice(history, _IN_A_TRANSACTION), progress)
            # The commit point: events and head together.
        owner.execute("VACUUM (ANALYZE) ledger.events")


def _history(events: int, seed: int) -> Iterator[tuple[int, Happened]]:
    """Yield a number of events with their times, from the past until now."""
    drawn = random.Random(seed)  # noqa: S311 - times are no secret
    slot = _SPAN / (events + 1)
    begin = time.time_ns() // 1000 - _SPAN
    catalogue = map(_of_catalogue, catalogue_events(instant_at(begin)))
    town = Town(seed, min(_UNDER_WAY, events // 20 + 1))
    for number in range(events):
        # A moment within a separate slot: irregular, and never earlier than the one before.
        at = begin + int((number + drawn.random()) * slot)
        yield at, next(catalogue, None) or town.happens(at)


def _of_catalogue(event: NewEvent) -> Happened:
    return Happened(event.stream.bytes, event.version, event.topic.encode(), event.open, event.sealed)


def _hold_head(owner: psycopg.Connection, expected: int) -> None:
    """Lock the head, as an append does."""
    row = owner.execute("SELECT position FROM ledger.head FOR UPDATE").fetchone()
    if row != (expected,):
        raise LedgerInUseError


def _copy(
    owner: psycopg.Connection, history: Iterator[tuple[int, tuple[int, Happened]]], progress: Callable[[int], None]
) -> int:
    """Copy these events, move the head to the last of them, and return its position."""
    position = recorded_at = 0
    with owner.cursor().copy(_COPY) as copy:
        copy.write(_HEADER)
        while block := list(islice(history, _IN_A_BLOCK)):
            copy.write(_rows(block))
            position, (recorded_at, _) = block[-1]
            progress(position)
        copy.write(_TRAILER)
    owner.execute("UPDATE ledger.head SET position = %s, recorded_at = %s", [position, recorded_at])
    return position


def _rows(block: Sequence[tuple[int, tuple[int, Happened]]]) -> bytes:
    """Return the rows in COPY's binary format."""
    salts = os.urandom(_SALT * len(block))
    parts: list[bytes] = []
    for number, (position, (recorded_at, (stream, version, topic, opened, sealed))) in enumerate(block):
        parts += (
            _ROW.pack(8, 8, position, 16, stream, 8, version, 8, recorded_at, len(topic)),
            topic,
            _SALT_LENGTH,
            salts[number * _SALT : number * _SALT + _SALT],
            _LENGTH.pack(len(opened)),
            opened,
            _LENGTH.pack(len(sealed)),
            sealed,
        )
    return b"".join(parts)
