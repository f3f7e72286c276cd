"""Proofs of a stream's events for an auditor's file: from the database or a copy of it, without any secret key."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from struct import error as StructError  # noqa: N812 - the library's own name says nothing
from typing import NamedTuple
from uuid import UUID

from ledger.audit.session import ReadingSession
from ledger.audit.tile_sources import TileSource
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.hashing import HASH
from ledger.public_log.proof_files import receipt
from ledger.public_log.proofs import ProofError, check_inclusion, inclusion_path
from ledger.public_log.tiles import hash_of, tiles_for
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_hash, leaf_hash


class UnprovableError(Exception):
    """The stored event is not the one that was signed; the text names it."""


class Proven(NamedTuple):
    """Receipts of events, in the order of the log, and the events that no checkpoint covers yet."""

    file: bytes
    events: tuple[StoredEntry, ...]
    beyond: tuple[StoredEntry, ...]


def proven(
    session: ReadingSession, source: TileSource, head: TreeHead, checkpoint: bytes, streams: Sequence[UUID]
) -> Proven:
    """Return the events of these streams, each with the proof that it is under a checkpoint.

    Args:
        session: where the events are.
        source: tiles of a tree that is at least as large.
        head: the content of the checkpoint.
        checkpoint: the signed note.
        streams: the streams of the events.

    Raises:
        UnprovableError: an event is not the one that the checkpoint covers.
        LedgerUnreadableError, TilesUnreadableError: something cannot be read.
    """
    every = sorted(entry for stream in streams for entry in session.stream(stream))
    covered = tuple(entry for entry in every if entry.position <= head.size)
    file = b"".join(_receipts(source, head, checkpoint, covered))
    return Proven(file, covered, tuple(every[len(covered) :]))


def _receipts(source: TileSource, head: TreeHead, checkpoint: bytes, entries: Iterable[StoredEntry]) -> Iterable[bytes]:
    for entry in entries:
        hashes = inclusion_from(source, entry.position, head.size)
        if hashes is None:
            raise UnprovableError(f"tiles that prove event {entry.position} are missing in {source.name}")
        leaf = leaf_of(entry)
        if leaf is None or not proves(hashes, leaf, entry.position, head):
            says = f"event {entry.position} of the ledger, or a tile of {source.name}, is not what was signed"
            raise UnprovableError(f"{says}: `pencere audit verify` tells which")
        yield receipt(entry, hashes, checkpoint)


def sha256_of(part: bytes) -> bytes:
    """Return the SHA-256 of an event's open or sealed part."""
    return hashlib.sha256(part).digest()


def leaf_of(entry: StoredEntry, hash_of_part: Callable[[bytes], bytes] = sha256_of) -> bytes | None:
    """Return the event's leaf; None if a field is nothing that an event can have: it was no event of any log."""
    try:
        return leaf_hash(
            entry_hash(
                salt=entry.salt,
                stream=entry.stream,
                version=entry.version,
                topic=entry.topic,
                recorded_at=entry.recorded_at,
                open_hash=hash_of_part(entry.open),
                sealed_hash=hash_of_part(entry.sealed),
            )
        )
    except (ValueError, TypeError, AttributeError, StructError):  # no constraint binds the owner of a database
        return None


def inclusion_from(source: TileSource, position: int, size: int) -> list[bytes] | None:
    """Return the proof that an event is in the tree of a size; None when tiles are missing."""
    if size > source.size:
        return None
    path = inclusion_path(position - 1, size)
    wanted = tiles_for(path, size)
    there = source.contents(sorted({(tile.level, tile.number) for tile in wanted}))
    contents = {tile: there.get((tile.level, tile.number), b"")[: tile.width * HASH] for tile in wanted}
    if any(len(content) != tile.width * HASH for tile, content in contents.items()):
        return None
    return [hash_of(stretch, size, contents) for stretch in path]


def proves(hashes: Sequence[bytes], leaf: bytes, position: int, head: TreeHead) -> bool:
    """Return whether these hashes lead from the leaf to the root."""
    try:
        check_inclusion(leaf, position - 1, head.size, hashes, head.root)
    except ProofError:
        return False
    return True
