"""The sources of the tiles that the recomputed ones are compared with: the database, a folder, or a server."""

import http.client
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from ledger.audit.session import ReadingSession
from ledger.postgresql import arrays
from ledger.public_log.hashing import HASH
from ledger.public_log.tiles import ENTRIES, Tile, width_of

At: TypeAlias = tuple[int, int]
"""A tile's level and number."""

_STORED: Final = """
SELECT t.level, t.number, t.content FROM unnest(%b, %b) AS w (level, number)
  JOIN log.tiles t ON t.level = w.level AND t.number = w.number
"""
_ENTRY: Final = 2 + HASH
_OK: Final = 200
_WITHIN: Final = 30


class TilesUnreadableError(Exception):
    """The tiles cannot be read."""


class TileSource(Protocol):
    """Tiles of a tree of `size`; `name` is its name in messages, `is_whole` says whether it must have every tile."""

    name: str
    size: int
    is_whole: bool

    def contents(self, places: Sequence[At]) -> Mapping[At, bytes]:
        """Return the hashes, or entries without their lengths, of those tiles that exist."""


class StoredTiles:
    """The tiles in the database; there may be more than the last checkpoint covers."""

    def __init__(self, session: ReadingSession, size: int) -> None:
        self._session, self.size = session, size
        self.name, self.is_whole = "the database", True

    def contents(self, places: Sequence[At]) -> Mapping[At, bytes]:
        """Return the content of these tiles."""
        columns = [arrays.int4s([level for level, _ in places]), arrays.int8s([number for _, number in places])]
        return {(level, number): bytes(content) for level, number, content in self._session.rows(_STORED, columns)}


class FolderTiles:
    """Tiles as files, laid out as c2sp.org/tlog-tiles says: `checkpoint`, `tile/0/000`, ... Some may be missing."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.size = folder, 0
        self.name, self.is_whole = str(folder), False

    def checkpoint(self) -> bytes:
        """Return the checkpoint beside the tiles.

        Raises:
            TilesUnreadableError: there is none.
        """
        try:
            return (self._folder / "checkpoint").read_bytes()
        except OSError as error:
            raise TilesUnreadableError(f"there is no {self._folder / 'checkpoint'} that says of which tree") from error

    def contents(self, places: Sequence[At]) -> Mapping[At, bytes]:
        """Return the content of those tiles that exist."""
        return _found(self._read, self.size, places)

    def _read(self, tile: Tile) -> bytes | None:
        try:
            return (self._folder / "tile" / tile.place).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TilesUnreadableError(f"{self._folder} cannot be read: {error.strerror}") from error


class ServedTiles:
    """Tiles from a server, for instance a running window's `/log/`. None may be missing.

    Raises:
        TilesUnreadableError: the address is none.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(parts.hostname or "", parts.port, timeout=_WITHIN)
        except (ValueError, http.client.HTTPException) as error:
            raise TilesUnreadableError(f"{url} is no address") from error
        self._path = parts.path.rstrip("/")
        self.name, self.size, self.is_whole = url, 0, True

    def checkpoint(self) -> bytes:
        """Return the checkpoint that is served.

        Raises:
            TilesUnreadableError: none is.
        """
        raw = self._get("checkpoint")
        if raw is None:
            raise TilesUnreadableError(f"{self.name} serves no checkpoint")
        return raw

    def contents(self, places: Sequence[At]) -> Mapping[At, bytes]:
        """Return the content of those tiles that are served."""
        return _found(lambda tile: self._get(f"tile/{tile.place}"), self.size, places)

    def _get(self, place: str) -> bytes | None:
        try:
            self._connection.request("GET", f"{self._path}/{place}")
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException, ValueError) as error:  # a name or path may not be one for HTTP
            raise TilesUnreadableError(f"{self.name} does not answer") from error
        return content if answer.status == _OK else None


def _found(read: "_Read", size: int, places: Sequence[At]) -> Mapping[At, bytes]:
    found = {}
    for level, number in places:
        width = width_of(level, number, size)
        content = read(Tile(level, number, width)) if width else None
        if content is not None:
            found[level, number] = _entries_in(content) if level == ENTRIES else content
    return found


def _entries_in(bundle: bytes) -> bytes:
    """Return the entries of a bundle without their lengths. A length other than ours gives a different entry."""
    return b"".join([bundle[at + 2 : at + _ENTRY] for at in range(0, len(bundle), _ENTRY)])


class _Read(Protocol):
    def __call__(self, tile: Tile, /) -> bytes | None: ...
