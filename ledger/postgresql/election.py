"""Election: of all sessions one holds a named lock at the server, and loses it only with itself.

A dead process cannot keep one: its session ends with it. The numbers stay as they are, so that two versions of this
program exclude each other.
"""

from typing import Final, NamedTuple
from zlib import crc32


class Lock(NamedTuple):
    """A lock that one session at a time can hold.

    Attributes:
        space: the number of what is elected.
        name: which of several; None where there is one.
    """

    space: int
    name: str | None = None

    @property
    def key(self) -> str:
        """The numbers by which the server knows it."""
        return str(self.space) if self.name is None else f"{self.space}, {crc32(self.name.encode()) - (1 << 31)}"

    @property
    def taken(self) -> bytes:
        """The statement that takes it if nobody holds it, and tells whether."""
        return f"SELECT pg_try_advisory_lock({self.key})".encode()

    @property
    def awaited(self) -> bytes:
        """The statement that waits until it is ours."""
        return f"SELECT pg_advisory_lock({self.key})".encode()


MIGRATION: Final = Lock(0x70656E63)  # "penc"
PUBLIC_LOG: Final = Lock(0x6C6F6774)  # "logt"
WEBHOOK_DELIVERY: Final = Lock(0x7765626B)  # "webk"
REACTIONS: Final = Lock(0x72656163)  # "reac"


def of_view(view: str) -> Lock:
    """Return the lock of whoever folds a view."""
    return Lock(0x76696577, view)  # "view"


def of_rebuild(view: str) -> Lock:
    """Return the lock of whoever rebuilds a view."""
    return Lock(0x72656275, view)  # "rebu"


def of_outbox(channel: str) -> Lock:
    """Return the lock of whoever sends on a channel."""
    return Lock(0x6F757462, channel)  # "outb"
