"""Election: one of all sessions holds a named lock at the server, until it gives it back or ends.

A dead process cannot keep a lock: its session ends with it. The numbers never change, so that two versions of this
program exclude each other.
"""

from typing import Final, NamedTuple
from zlib import crc32


class Lock(NamedTuple):
    """A lock that one session at a time can hold.

    Attributes:
        space: the number of the office that is elected.
        name: which of several; None when there is only one.
    """

    space: int
    name: str | None = None

    @property
    def key(self) -> str:
        """The numbers by which the server identifies the lock."""
        return str(self.space) if self.name is None else f"{self.space}, {crc32(self.name.encode()) - (1 << 31)}"

    @property
    def taken(self) -> bytes:
        """The statement that takes the lock if nobody holds it, and returns whether it did."""
        return f"SELECT pg_try_advisory_lock({self.key})".encode()

    @property
    def given_back(self) -> bytes:
        """The statement that gives the lock back before the session ends."""
        return f"SELECT pg_advisory_unlock({self.key})".encode()

    @property
    def awaited(self) -> bytes:
        """The statement that waits for the lock and takes it."""
        return f"SELECT pg_advisory_lock({self.key})".encode()


MIGRATION: Final = Lock(0x70656E63)  # "penc"
PUBLIC_LOG: Final = Lock(0x6C6F6774)  # "logt"
WEBHOOK_DELIVERY: Final = Lock(0x7765626B)  # "webk"
REACTIONS: Final = Lock(0x72656163)  # "reac"
EVIDENCE: Final = Lock(0x65766964)  # "evid"
DRAWS: Final = Lock(0x64726177)  # "draw"


def of_view(view: str) -> Lock:
    """Return the lock of the session that folds a view."""
    return Lock(0x76696577, view)  # "view"


def of_rebuild(view: str) -> Lock:
    """Return the lock of the session that rebuilds a view."""
    return Lock(0x72656275, view)  # "rebu"


def of_outbox(channel: str) -> Lock:
    """Return the lock of the session that sends on a channel."""
    return Lock(0x6F757462, channel)  # "outb"
