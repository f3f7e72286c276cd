"""Merkle tree hashing by RFC 6962 and RFC 9162, section 2.1. A row of hashes is one `bytes`."""

import hashlib
from typing import Final

HASH: Final = 32
"""Bytes of a hash."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return _sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: bytes) -> bytes:
    """Return the leaves of entries, given as 32 bytes each in a row."""
    return b"".join([_sha256(b"\x00" + entries[at : at + HASH]).digest() for at in range(0, len(entries), HASH)])


def root_of_full(hashes: bytes) -> bytes:
    """Return the root over 1, 2, 4, 8 ... hashes in a row."""
    while len(hashes) > HASH:
        pairs = range(0, len(hashes), 2 * HASH)
        hashes = b"".join([_sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in pairs])
    return hashes
