"""The right edge of the tree: what is needed to add entries to it, and the tiles that this changes."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

from ledger.public_log.hashing import HASH, leaf_hashes, root_of_full
from ledger.public_log.stops import DamagedTilesError
from ledger.public_log.stretches import Stretch, joined, subtrees_of
from ledger.public_log.tiles import ENTRIES, HEIGHT, WIDTH, hashes_at

_FULL = WIDTH * HASH


class GrownTile(NamedTuple):
    """The present content of a tile; a level's last tile may be partial. Bundles are here without their lengths."""

    level: int
    number: int
    content: bytes


class RightEdge:
    """The partial tiles of a tree, with which a tree of any size can grow in constant memory.

    Args:
        size: of the tree.
        partial: level -> the content of its last tile, if that is partial.
    """

    def __init__(self, size: int = 0, partial: Mapping[int, bytes] | None = None) -> None:
        self.size = size
        self._partial = dict(partial or {})

    @classmethod
    def of(cls, last_tiles: Mapping[int, GrownTile]) -> Self:
        """Return the edge of the tree that has these tiles as the last ones of each level.

        Raises:
            DamagedTilesError: the tiles do not belong to one tree.
        """
        counts = {level: tile.number * WIDTH + len(tile.content) // HASH for level, tile in last_tiles.items()}
        size = counts.get(0, 0)
        levels = [level for level in range(ENTRIES, 64 // HEIGHT) if hashes_at(level, size)]
        if counts != {level: hashes_at(level, size) for level in levels} or any(
            len(tile.content) % HASH for tile in last_tiles.values()
        ):
            raise DamagedTilesError
        partial = {level: tile.content for level, tile in last_tiles.items() if len(tile.content) < _FULL}
        return cls(size, partial)

    def grow(self, entries: bytes) -> Iterator[GrownTile]:
        """Add entries, given as 32 bytes each in a row; return every tile that is new or wider."""
        yield from self._filled(ENTRIES, self.size, entries)
        added, level = leaf_hashes(entries), 0
        before = self.size
        self.size += len(entries) // HASH
        while added:
            roots = []
            for tile in self._filled(level, hashes_at(level, before), added):
                if len(tile.content) == _FULL:
                    roots.append(root_of_full(tile.content))
                yield tile
            added, level = b"".join(roots), level + 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        hashes = []
        for level in sorted((level for level in self._partial if level != ENTRIES), reverse=True):
            content = self._partial[level]
            for height, number in subtrees_of(Stretch(0, len(content) // HASH)):
                start, length = (number << height) * HASH, HASH << height
                hashes.append(root_of_full(content[start : start + length]))
        return joined(hashes)

    def _filled(self, level: int, before: int, added: bytes) -> Iterator[GrownTile]:
        content = self._partial.pop(level, b"") + added
        for number, start in enumerate(range(0, len(content), _FULL), before // WIDTH):
            tile = GrownTile(level, number, content[start : start + _FULL])
            if len(tile.content) < _FULL:
                self._partial[level] = tile.content
            yield tile
