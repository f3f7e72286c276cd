"""Finds out, if possible, what an event was before it was changed, by trying likely values against its leaf.

A leaf by itself reveals nothing. But if somebody has swapped events, or changed a topic, a time or a single byte, there
are so few possibilities that each can be tried.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

from domain.topics import TOPICS
from ledger.audit.proving import leaf_of, sha256_of
from ledger.audit.session import ReadingSession
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import head_of, leaf_hash

_AROUND: Final = 64
_LONGEST: Final = 2000  # bytes of a part in which one changed byte is searched: this takes a second or two
_BYTE: Final = 256


class _Guess(NamedTuple):
    entry: StoredEntry
    says: str


def explained(session: ReadingSession, position: int, leaf: bytes) -> str:
    """Return how the event at a position differs from the one with this leaf, as far as can be found out.

    Raises:
        LedgerUnreadableError: the database cannot be read.
    """
    around = session.between(position - _AROUND, position + _AROUND)
    for entry in around:
        if entry.position != position and leaf_of(session.whole(entry)) == leaf:
            return f"the event that was here stands at position {entry.position} now"
    changed = next((session.whole(entry) for entry in around if entry.position == position), None)
    if changed is None:
        return "no event is there"
    once = cache(sha256_of)  # a part may be large, and there are thousands of guesses
    for guess in chain(_likely(changed, around), _one_byte(changed)):
        if leaf_of(guess.entry, once) == leaf:
            return guess.says
    if leaf_of(changed) is None:
        return "a field is nothing that an event can have"
    found = _one_byte_of_a_part(changed, leaf)
    return found or "its open part, its sealed part or its salt were changed in more than one byte"


def _likely(entry: StoredEntry, around: Sequence[StoredEntry]) -> Iterator[_Guess]:
    for topic in TOPICS:
        yield _Guess(entry._replace(topic=topic), f"its topic was {topic} and is {entry.topic}")
    for time in dict.fromkeys(each.recorded_at for each in around):
        says = f"its recorded_at was {time} and is {entry.recorded_at}"
        yield _Guess(entry._replace(recorded_at=time), says)
    for stream in dict.fromkeys(each.stream for each in around):
        yield _Guess(entry._replace(stream=stream), f"its stream was {stream} and is {entry.stream}")
    yield _Guess(entry._replace(sealed=b""), "it had no sealed part")
    yield _Guess(entry._replace(open=entry.sealed, sealed=entry.open), "its open and its sealed part were exchanged")


def _one_byte(entry: StoredEntry) -> Iterator[_Guess]:
    """Try each value of each byte of the short fields."""
    if None in entry:  # whoever has dropped the constraint can store this; then no other field explains the leaf
        return
    for version in map(int.from_bytes, _others(entry.version.to_bytes(8, signed=True))):
        yield _Guess(entry._replace(version=version), f"its version was {version} and is {entry.version}")
    for time in map(int.from_bytes, _others(entry.recorded_at.to_bytes(8, signed=True))):
        yield _Guess(entry._replace(recorded_at=time), f"its recorded_at was {time} and is {entry.recorded_at}")
    for at, other in enumerate(_others(entry.salt)):
        yield _Guess(entry._replace(salt=other), f"byte {at // _BYTE} of its salt was changed")


def _one_byte_of_a_part(entry: StoredEntry, leaf: bytes) -> str | None:
    for name, raw, hashed in (("open", entry.open, entry.sealed), ("sealed", entry.sealed, entry.open)):
        if len(raw) > _LONGEST:
            continue
        head = head_of(entry)
        other_hash = hashlib.sha256(hashed).digest()
        for number, other in enumerate(_others(raw)):
            one = hashlib.sha256(other).digest()
            parts = one + other_hash if name == "open" else other_hash + one
            if leaf_hash(hashlib.sha256(head + parts).digest()) == leaf:
                at = number // _BYTE
                return f"byte {at} of its {name} part was {other[at : at + 1]!r} and is {raw[at : at + 1]!r}"
    return None


def _others(raw: bytes) -> Iterator[bytes]:
    """Return the bytes with each value in each place, in order: 256 results for each byte."""
    for at in range(len(raw)):
        before, after = raw[:at], raw[at + 1 :]
        for value in range(_BYTE):
            yield b"%b%c%b" % (before, value, after)
