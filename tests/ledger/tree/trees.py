"""Trees over invented entries, as their tiles show them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from ledger.public_log.edge import GrownTile, RightEdge
from ledger.public_log.hashing import HASH
from ledger.public_log.stretches import Stretch
from ledger.public_log.tiles import Tile, hash_of, tiles_for


def made_entries(count: int, first: int = 0) -> bytes:
    """Return entries that are always the same, 32 bytes each."""
    return b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(first, first + count))


def each(hashes: bytes) -> list[bytes]:
    """Return the hashes of a row, one by one."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


class Tiles:
    """The contents of tiles, as a store would keep them."""

    def __init__(self) -> None:
        self._stored: dict[tuple[int, int], bytes] = {}

    def keep(self, grown: Iterable[GrownTile]) -> None:
        """Store new tiles."""
        for level, number, content in grown:
            assert content.startswith(self._stored.get((level, number), b""))
            self._stored[level, number] = content

    def content(self, tile: Tile) -> bytes:
        """Return the content of a tile."""
        content = self._stored[tile.level, tile.number][: tile.width * HASH]
        assert len(content) == tile.width * HASH
        return content

    def contents(self, tiles: Iterable[Tile]) -> Mapping[Tile, bytes]:
        """Return the contents of several tiles."""
        return {tile: self.content(tile) for tile in tiles}

    def hashes(self, stretches: Sequence[Stretch], size: int) -> list[bytes]:
        """Return the hashes of these ranges in a tree of that size."""
        contents = self.contents(tiles_for(stretches, size))
        return [hash_of(stretch, size, contents) for stretch in stretches]

    def root(self, size: int) -> bytes:
        """Return the root of a tree of that size."""
        return self.hashes([Stretch(0, size)], size)[0]

    def edge(self) -> RightEdge:
        """Return the right edge, read from the stored tiles."""
        last = {level: GrownTile(level, number, content) for (level, number), content in sorted(self._stored.items())}
        return RightEdge.of(last)


def grown(size: int) -> Tiles:
    """Return the tiles of a tree of that size."""
    tiles = Tiles()
    tiles.keep(RightEdge().grow(made_entries(size)))
    return tiles
