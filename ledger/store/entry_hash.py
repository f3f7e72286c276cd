"""The bytes that a Merkle leaf commits to. They can never change; docs/adr/0001 has the test vectors."""

import hashlib
from struct import Struct
from uuid import UUID

from ledger.store.entries import StoredEntry

_U64 = Struct(">Q")
_U32 = Struct(">I")


def entry_hash(
    *, salt: bytes, stream: UUID, version: int, topic: str, recorded_at: int, open_hash: bytes, sealed_hash: bytes
) -> bytes:
    """Return the 32 bytes that the public log carries for one event.

    SHA-256(0x01 | salt[32] | stream[16] | version[8] | len(topic)[4] | topic | recorded_at[8] |
    SHA-256(open) | SHA-256(sealed)); integers are big-endian, the topic is UTF-8, `recorded_at` counts
    microseconds since 1970-01-01T00:00:00Z.

    Raises:
        ValueError: when salt or a hash has not 32 bytes.
    """
    if not len(salt) == len(open_hash) == len(sealed_hash) == hashlib.sha256().digest_size:
        raise ValueError("salt, open_hash and sealed_hash have 32 bytes each")
    name = topic.encode()
    parts = (b"\x01", salt, stream.bytes, _U64.pack(version), _U32.pack(len(name)), name, _U64.pack(recorded_at))
    return hashlib.sha256(b"".join(parts) + open_hash + sealed_hash).digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the Merkle leaf of an entry: SHA-256(0x00 | entry), after RFC 6962 and RFC 9162."""
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
    """Return what the entry of a stored event is the hash of, with the open part itself in the place of its hash."""
    topic = stored.topic.encode()
    head = (b"\x01", stored.salt, stored.stream.bytes, _U64.pack(stored.version), _U32.pack(len(topic)), topic)
    return b"".join((*head, _U64.pack(stored.recorded_at), stored.open, hashlib.sha256(stored.sealed).digest()))
