"""A log in memory with its own key: tests make its receipts and histories here, and the public verifier checks them."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.edge import RightEdge
from ledger.public_log.head_statement import HeadStatement
from ledger.public_log.proof_files import complete_history, receipt
from ledger.public_log.proofs import inclusion_path
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.tiles import bundle_of, tiles_of
from ledger.published.cloud_events import cloud_event
from ledger.published.concerning import read
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from tests.ledger.tree.trees import Tiles

ORIGIN = "window.example/log"
CASE = UUID("01989898-0000-7000-8000-000000000001")
LOOKS = uuid5(CASE, "looks")
OTHER = UUID("01989898-0000-7000-8000-000000000002")


class SignedEvents:
    """A log of these events, which have the positions from 1 on, with its own key."""

    def __init__(self, folder: Path, events: Sequence[StoredEntry]) -> None:
        self.events, self.size = list(events), len(events)
        self.tiles, edge = Tiles(), RightEdge()
        self.tiles.keep(edge.grow(b"".join(map(entry_of, self.events))))
        self.signer = FileLogSigner.make(folder / "key", ORIGIN)
        self.checkpoint = self.signer.sign(TreeHead(self.size, edge.root()), [])
        self.vkey = self.signer.vkey.text

    def receipt(self, event: StoredEntry) -> bytes:
        """Return an event's receipt."""
        path = self.tiles.hashes(inclusion_path(event.position - 1, self.size), self.size)
        return receipt(event, path, self.checkpoint)


class MadeLog(SignedEvents):
    """A log of `size` events: three of a case, two looks at it, the rest of another case, and bytes as the last."""

    def __init__(self, folder: Path, size: int = 300, seed: int = 1) -> None:
        self.random, self.versions, self.size = Random(seed), dict[UUID, int](), size
        own = {2: CASE, size // 2: CASE, size // 2 + 1: LOOKS, size - 2: LOOKS, size - 1: CASE}
        super().__init__(folder, [self._event(place, own.get(place, OTHER)) for place in range(1, size + 1)])

    def _event(self, position: int, stream: UUID) -> StoredEntry:
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        if position == self.size:  # another application on the same ledger may write anything
            return StoredEntry(
                position, stream, version, 1_800_000_000_000_000, "shop.sold", self.random.randbytes(32), b"\0\xff", b""
            )
        topic = "look.recorded" if stream == LOOKS else "case.step_recorded"
        document = {"actor": {"role": "official"}, "data": {"step": f"T{position} Gözləmə"}, "schema": 1}
        said = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        sealed, recorded_at = self.random.randbytes(40), 1_790_000_000_000_007 + position
        return StoredEntry(position, stream, version, recorded_at, topic, self.random.randbytes(32), said, sealed)

    def of(self, *streams: UUID) -> list[StoredEntry]:
        """Return the events of these streams."""
        return [event for event in self.events if event.stream in streams]

    def history(self, versions: int = 3, looks: int = 2) -> bytes:
        """Return the case's complete history, with a statement of these numbers."""
        statement = self.signer.state(HeadStatement(ORIGIN, CASE, versions, looks, self.size))
        return complete_history(statement, map(self.receipt, self.of(CASE, LOOKS)))

    def told(self, event: StoredEntry) -> bytes:
        """Return an event as a subscriber receives it."""
        return cloud_event(read(event), event.position, event.position - 1)

    def publish(self, folder: Path) -> str:
        """Write the log as plain files; return their address."""
        for tile in tiles_of(self.size, 0):
            content = self.tiles.content(tile)
            path = folder / "tile" / tile.place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bundle_of(content) if tile.level < 0 else content)
        (folder / "checkpoint").write_bytes(self.checkpoint)
        return folder.as_uri()
