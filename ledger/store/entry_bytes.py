"""A stored entry as one record with both parts. Only our own machines send it to each other."""

from struct import Struct
from uuid import UUID

from ledger.store.entries import StoredEntry

_FORMAT = 1
_HEAD = Struct(">BQ16sQQHI")  # format, position, stream, version, recorded_at, length of topic, length of open part
_SALT = 32


def packed(entry: StoredEntry) -> bytes:
    """Return the record of an entry."""
    topic = entry.topic.encode()
    head = _HEAD.pack(
        _FORMAT,
        entry.position,
        entry.stream.bytes,
        entry.version,
        entry.recorded_at,
        len(topic),
        len(entry.open),
    )
    return b"".join((head, entry.salt, topic, entry.open, entry.sealed))


def unpacked(record: bytes) -> StoredEntry:
    """Return the entry in a record.

    Raises:
        ValueError: the bytes are not such a record.
    """
    if len(record) < _HEAD.size + _SALT or record[0] != _FORMAT:
        raise ValueError("not a record of an entry")
    _, position, stream, version, recorded_at, topic_length, open_length = _HEAD.unpack_from(record)
    salt_end = _HEAD.size + _SALT
    topic_end = salt_end + topic_length
    open_end = topic_end + open_length
    if open_end > len(record):
        raise ValueError("a record of an entry is cut off")
    return StoredEntry(
        position,
        UUID(bytes=stream),
        version,
        recorded_at,
        record[salt_end:topic_end].decode(),
        record[_HEAD.size : salt_end],
        record[topic_end:open_end],
        record[open_end:],
    )
