"""Entry and leaf: the bytes that can never change."""

import asyncio
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_hash, entry_of, leaf_hash
from ledger.store.ledger import Ledger
from tests.ledger.any_entry import stored_entries
from tests.ledger.samples import new_event, new_stream

ADR = Path(__file__).parents[2] / "docs" / "adr" / "0001-entry-and-leaf.md"


def _vectors() -> list[dict[str, Any]]:
    found = re.search(r"```json\n(.*?)```", ADR.read_text(), re.DOTALL)
    assert found
    vectors: list[dict[str, Any]] = json.loads(found[1])
    return vectors


def _as_documented(vector: dict[str, Any]) -> bytes:
    """The entry as ADR 1 defines it, written independently of ledger/store/entry_hash.py."""
    topic = vector["topic"].encode()
    fields = [
        b"\x01",
        bytes.fromhex(vector["salt"]),
        UUID(vector["stream"]).bytes,
        vector["version"].to_bytes(8, "big"),
        len(topic).to_bytes(4, "big"),
        topic,
        vector["recorded_at"].to_bytes(8, "big"),
        hashlib.sha256(vector["open"].encode()).digest(),
        hashlib.sha256(vector["sealed"].encode()).digest(),
    ]
    return hashlib.sha256(b"".join(fields)).digest()


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["name"])
def test_the_documented_vectors_hold(vector: dict[str, Any]) -> None:
    stored = StoredEntry(
        1,
        UUID(vector["stream"]),
        vector["version"],
        vector["recorded_at"],
        vector["topic"],
        bytes.fromhex(vector["salt"]),
        vector["open"].encode(),
        vector["sealed"].encode(),
    )

    entry = entry_of(stored)

    assert entry.hex() == vector["entry"] == _as_documented(vector).hex()
    assert leaf_hash(entry).hex() == vector["leaf"] == hashlib.sha256(b"\x00" + entry).hexdigest()


@settings(deadline=None)
@given(stored_entries, stored_entries)
def test_an_entry_changes_when_any_part_of_it_changes(one: StoredEntry, other: StoredEntry) -> None:
    for part in ("stream", "version", "recorded_at", "topic", "salt", "open", "sealed"):
        changed = one._replace(**{part: getattr(other, part)})

        assert (entry_of(changed) == entry_of(one)) == (changed == one)


@settings(deadline=None)
@given(stored_entries, st.data())
def test_an_entry_changes_with_any_bit_of_open_and_sealed(stored: StoredEntry, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from([name for name in ("open", "sealed", "salt") if getattr(stored, name)]))
    value = bytearray(getattr(stored, part))
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    value[bit // 8] ^= 1 << bit % 8

    assert entry_of(StoredEntry(**{**stored._asdict(), part: bytes(value)})) != entry_of(stored)


def test_parts_cannot_be_moved_across_their_borders() -> None:
    stored = StoredEntry(1, UUID(int=1), 1, 1, "a.b", bytes(32), b"xy", b"z")

    moved = [stored._replace(open=b"x", sealed=b"yz"), stored._replace(topic="a.", open=b"bxy")]

    assert all(entry_of(other) != entry_of(stored) for other in moved)


def test_the_position_is_not_in_the_entry() -> None:
    """The tree's own index gives the place of a leaf."""
    stored = StoredEntry(1, UUID(int=1), 1, 1, "a.b", bytes(32), b"", b"")

    assert entry_of(stored) == entry_of(stored._replace(position=2))


@pytest.mark.parametrize(("salt", "opened", "sealed"), [(31, 32, 32), (32, 20, 32), (32, 32, 33)])
def test_hashes_and_salts_of_other_lengths_are_refused(salt: int, opened: int, sealed: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        entry_hash(
            salt=bytes(salt),
            stream=UUID(int=1),
            version=1,
            topic="a.b",
            recorded_at=0,
            open_hash=bytes(opened),
            sealed_hash=bytes(sealed),
        )


def test_what_is_read_has_the_entry_of_what_was_appended(writer_url: str) -> None:
    event = new_event(new_stream(), 1, "case.müraciət", b'{"open":1}')._replace(sealed=b"\x00\xff")

    async def append_and_read() -> tuple[int, list[StoredEntry]]:
        async with Ledger(writer_url) as ledger:
            answer = await ledger.append([event])
            return answer.recorded_at, await ledger.read(0, 10)

    recorded_at, (stored,) = asyncio.run(append_and_read())

    assert entry_of(stored) == entry_hash(
        salt=event.salt,
        stream=event.stream,
        version=1,
        topic=event.topic,
        recorded_at=recorded_at,
        open_hash=hashlib.sha256(event.open).digest(),
        sealed_hash=hashlib.sha256(event.sealed).digest(),
    )
