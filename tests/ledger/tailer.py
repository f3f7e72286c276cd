"""A reading process: follows the ledger by position, fails at the first gap, and prints what it has read.

The first line of its input is the database, the second is the position that it must reach.
"""

import asyncio
import hashlib
import os
import sys

import uvloop

from ledger.store.entries import StoredEntry
from ledger.store.ledger import Ledger


class Tail:
    """The entries that were read so far."""

    def __init__(self) -> None:
        self.position, self.recorded_at = 0, 0
        self._seen = hashlib.sha256()

    def take(self, entries: list[StoredEntry]) -> None:
        """Add these entries.

        Raises:
            SystemExit: they do not follow the entries that were read before.
        """
        for entry in entries:
            if entry.position != self.position + 1 or entry.recorded_at < self.recorded_at:
                sys.exit(f"after {self.position} at {self.recorded_at}: {entry.position} at {entry.recorded_at}")
            self.position, self.recorded_at = entry.position, entry.recorded_at
            self._seen.update(bytes_of(entry.position, entry.salt))

    def digest(self) -> str:
        """Return a hash of everything that was read, in order."""
        return self._seen.hexdigest()


def bytes_of(position: int, salt: bytes) -> bytes:
    """Return the bytes for the digest."""
    return position.to_bytes(8, "big") + salt


async def follow(url: str) -> Tail:
    """Read all entries, without pause while there are more."""
    tail = Tail()
    ordered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _take_order, ordered)
    async with Ledger(url) as ledger:
        while not (ordered.done() and tail.position >= ordered.result()):
            entries = await ledger.read(tail.position, 500)
            tail.take(entries)
            if not entries:
                await ledger.wait_beyond(tail.position, timeout=0.1)
    return tail


def _take_order(ordered: "asyncio.Future[int]") -> None:
    asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
    ordered.set_result(int(os.read(sys.stdin.fileno(), 100) or b"0"))


if __name__ == "__main__":
    read = uvloop.run(follow(sys.stdin.readline().strip()))
    sys.stdout.write(f"{read.position} {read.digest()}\n")
