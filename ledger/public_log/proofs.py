"""Inclusion and consistency proofs (RFC 6962, section 2.1): which hashes they consist of, and how to check them."""

from collections.abc import Sequence

from ledger.public_log.hashing import EMPTY_ROOT, node_hash
from ledger.public_log.stretches import Stretch, split_of


class ProofError(Exception):
    """The proof does not prove what it should."""


def inclusion_path(index: int, size: int) -> list[Stretch]:
    """Return the stretches whose hashes prove that a leaf is in a tree, from the leaf's sibling upwards.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split_of(end - start)
        if index < middle:
            path.append(Stretch(middle, end))
            end = middle
        else:
            path.append(Stretch(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Stretch]:
    """Return the stretches whose hashes prove that a tree extends a smaller one.

    Raises:
        ValueError: the old tree is larger than the new one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves has not grown out of one of {old}")
    path: list[Stretch] = []
    start, end = 0, new
    while old not in (0, end):
        middle = start + split_of(end - start)
        if old <= middle:
            path.append(Stretch(middle, end))
            end = middle
        else:
            path.append(Stretch(start, middle))
            start = middle
    if start > 0:  # else the rest is the old tree itself, whose root everybody knows
        path.append(Stretch(start, end))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf is in the tree with this root.

    Raises:
        ProofError: the proof does not show this.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    place, last, whole = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the path is too long")
        if place & 1 or place == last:
            whole = node_hash(sibling, whole)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        place, last = place >> 1, last >> 1
    if last or whole != root:
        raise ProofError("the path does not lead to the root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the tree with the new root extends the one with the old root.

    Raises:
        ProofError: the proof does not show this.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves has not grown out of one of {old}")
    if old in (0, new):
        # Every tree extends the empty tree and itself: no path is needed to prove that.
        if path or (old == 0 and old_root != EMPTY_ROOT) or (old == new and old_root != new_root):
            raise ProofError("two trees of one size have two roots")
        return
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    hashes = iter(path if place else (old_root, *path))
    grown = whole = next(hashes, b"")
    for sibling in hashes:
        if last == 0:
            raise ProofError("the path is too long")
        if place & 1 or place == last:
            grown, whole = node_hash(sibling, grown), node_hash(sibling, whole)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        place, last = place >> 1, last >> 1
    if last or grown != old_root or whole != new_root:
        raise ProofError("the path does not lead from the old root to the new one")
