"""Stretches of leaves, and the full subtrees that they consist of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.public_log.hashing import EMPTY_ROOT, node_hash


class Stretch(NamedTuple):
    """The leaves from `start` up to `end` (not included), where RFC 6962 hashes them as one subtree."""

    start: int
    end: int


class Subtree(NamedTuple):
    """A full subtree: the leaves from `number * 2**height`, 2**height of them."""

    height: int
    number: int


def split_of(size: int) -> int:
    """Return the largest power of two below the size: the number of leaves on the left."""
    return 1 << ((size - 1).bit_length() - 1)


def subtrees_of(stretch: Stretch) -> Iterator[Subtree]:
    """Return the full subtrees that a stretch consists of, the largest first."""
    start, end = stretch
    while start < end:
        height = (end - start).bit_length() - 1
        yield Subtree(height, start >> height)
        start += 1 << height


def joined(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a stretch from those of its full subtrees."""
    if not hashes:
        return EMPTY_ROOT
    *left, whole = hashes
    for each in reversed(left):
        whole = node_hash(each, whole)
    return whole
