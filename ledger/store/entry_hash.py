"""The bytes that a Merkle leaf commits to. They can never change; docs/adr/0001 has the test vectors.

All our code that computes an entry uses this module, in Python or in PostgreSQL. Three parts compute it themselves on
purpose, because they must not trust this module: the auditor (ledger/audit/hashed.py), the kit of subscribers
(subscriber/) and the checker of receipts (verify/).
"""

import hashlib
from struct import Struct
from typing import Final
from uuid import UUID

from ledger.store.entries import StoredEntry

_U64 = Struct(">Q")
_U32 = Struct(">I")

ENTRY: Final = """
sha256('\\x01'::bytea || salt || uuid_send(stream) || int8send(version)
       || int4send(octet_length(convert_to(topic, 'UTF8'))) || convert_to(topic, 'UTF8')
       || int8send(recorded_at) || sha256(open) || sha256(sealed))
"""
"""An SQL expression for the entry of a row of `ledger.events`."""


def entry_hash(
    *, salt: bytes, stream: UUID, version: int, topic: str, recorded_at: int, open_hash: bytes, sealed_hash: bytes
) -> bytes:
    """Return the 32 bytes that the public log carries for one event.

    SHA-256(0x01 | salt[32] | stream[16] | version[8] | len(topic)[4] | topic | recorded_at[8] |
    SHA-256(open) | SHA-256(sealed)); integers are big-endian, the topic is UTF-8, `recorded_at` counts
    microseconds since 1970-01-01T00:00:00Z.

    Raises:
        ValueError: the salt or a hash does not have 32 bytes.
    """
    if not len(salt) == len(open_hash) == len(sealed_hash) == hashlib.sha256().digest_size:
        raise ValueError("salt, open_hash and sealed_hash have 32 bytes each")
    return hashlib.sha256(_head(salt, stream, version, topic, recorded_at) + open_hash + sealed_hash).digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the Merkle leaf of an entry: SHA-256(0x00 | entry), as in RFC 6962 and RFC 9162."""
    return hashlib.sha256(b"\x00" + entry).digest()


def entry_of(stored: StoredEntry) -> bytes:
    """Return the entry of a stored event."""
    return entry_hash(
        salt=stored.salt,
        stream=stored.stream,
        version=stored.version,
        topic=stored.topic,
        recorded_at=stored.recorded_at,
        open_hash=hashlib.sha256(stored.open).digest(),
        sealed_hash=hashlib.sha256(stored.sealed).digest(),
    )


def preimage_of(stored: StoredEntry) -> bytes:
    """Return the bytes that are hashed to a stored event's entry, with the open part itself in place of its hash."""
    return head_of(stored) + stored.open + hashlib.sha256(stored.sealed).digest()


def head_of(stored: StoredEntry) -> bytes:
    """Return the bytes that are hashed to a stored event's entry, without the two parts' hashes at the end."""
    return _head(stored.salt, stored.stream, stored.version, stored.topic, stored.recorded_at)


def _head(salt: bytes, stream: UUID, version: int, topic: str, recorded_at: int) -> bytes:
    name = topic.encode()
    parts = (b"\x01", salt, stream.bytes, _U64.pack(version), _U32.pack(len(name)), name, _U64.pack(recorded_at))
    return b"".join(parts)
