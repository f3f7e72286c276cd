"""What a keeper must never forget: the secrets of its chains, and which link it has promised to which draw.

It is a file of SQLite, whose commits are on the disk before anything leaves the keeper.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self
from uuid import UUID

_MADE: Final = """
CREATE TABLE IF NOT EXISTS chains (
    desk BLOB, number INTEGER, secret BLOB NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (desk, number)
) STRICT;
CREATE TABLE IF NOT EXISTS promises (
    desk BLOB, draw INTEGER, chain INTEGER NOT NULL, link INTEGER NOT NULL, entry BLOB NOT NULL,
    PRIMARY KEY (desk, draw), UNIQUE (desk, chain, link)
) STRICT;
"""


class KeptChain(NamedTuple):
    """A chain of the keeper: its number at the desk, its secret and its length."""

    number: int
    secret: bytes
    length: int


class Promise(NamedTuple):
    """The link that is for a draw, and for no other: the draw's number, chain and link, and the request's entry."""

    draw: int
    chain: int
    link: int
    entry: bytes


class PromisedOtherwiseError(Exception):
    """The link is promised to another draw, or the draw is not the one that the link was promised to."""

    def __init__(self) -> None:
        super().__init__("it has promised the link to another draw: has its folder kept another ledger's draws?")


class PromisedOutOfTurnError(Exception):
    """Whoever sees a link knows all links before it, so that those must be promised first."""


class KeptChains:
    """The keeper's memory; use it as a context manager. One process has it at a time.

    Args:
        file: where it is kept; it is made when it is not there, readable for its owner only.

    Raises:
        sqlite3.Error: by any method, when the file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> Self:
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
        self._memory = sqlite3.connect(self._file, isolation_level=None, timeout=10)
        self._memory.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._memory.execute("PRAGMA synchronous = EXTRA")
        self._memory.executescript(_MADE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._memory.close()

    def chain(self, desk: UUID, number: int) -> KeptChain | None:
        """Return a chain; None when this keeper knows none of that number."""
        asked = "SELECT number, secret, length FROM chains WHERE desk = ? AND number = ?"
        row = self._memory.execute(asked, (desk.bytes, number)).fetchone()
        return None if row is None else KeptChain(*row)

    def make(self, desk: UUID, made: KeptChain) -> KeptChain:
        """Keep a new chain before it is anchored; return the one of that number that was kept first."""
        with self._committed():
            kept = "INSERT INTO chains VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            self._memory.execute(kept, (desk.bytes, made.number, made.secret, made.length))
        return self.chain(desk, made.number) or made

    def has_promised(self, desk: UUID, number: int) -> bool:
        """Return whether a link of this chain was ever promised: then somebody may know it."""
        asked = "SELECT 1 FROM promises WHERE desk = ? AND chain = ? LIMIT 1"
        return self._memory.execute(asked, (desk.bytes, number)).fetchone() is not None

    def promise(self, desk: UUID, made: Promise) -> None:
        """Promise a link to a draw, for ever. The same promise again is the same promise.

        Raises:
            PromisedOtherwiseError, PromisedOutOfTurnError: see there. Nobody must see the link.
        """
        before = "SELECT 1 FROM promises WHERE desk = ? AND (chain, link) = (?, ?)"
        if made.link > 1 and not self._memory.execute(before, (desk.bytes, made.chain, made.link - 1)).fetchone():
            raise PromisedOutOfTurnError
        # The commit point: from here on the link is for this request, whatever crashes, and for no other.
        with self._committed():
            kept = "INSERT INTO promises VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
            self._memory.execute(kept, (desk.bytes, made.draw, made.chain, made.link, made.entry))
        asked = "SELECT draw, chain, link, entry FROM promises WHERE desk = ? AND (draw = ? OR (chain, link) = (?, ?))"
        rows = self._memory.execute(asked, (desk.bytes, made.draw, made.chain, made.link)).fetchall()
        if [Promise(*row) for row in rows] != [made]:
            raise PromisedOtherwiseError

    @contextmanager
    def _committed(self) -> Iterator[None]:
        self._memory.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._memory.execute("ROLLBACK")
            raise
        self._memory.execute("COMMIT")
