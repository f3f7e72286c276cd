"""Tiles and entry bundles: which exist, where they are (c2sp.org/tlog-tiles), and what they contain."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ledger.public_log.hashing import HASH, root_of_full
from ledger.public_log.stretches import Stretch, Subtree, joined, subtrees_of

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
ENTRIES: Final = -1
"""The level of the entry bundles, below the leaves."""

_ENTRY_LENGTH: Final = HASH.to_bytes(2)
_PLACE: Final = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(x[0-9]{3}/){0,6}[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?", re.ASCII
)
_TOP: Final = 63
_MOST_TILES: Final = 1 << (63 - HEIGHT)


class Tile(NamedTuple):
    """`width` hashes (or entries) of a level, from number `number * 256` on: 256, or fewer at the right edge."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def place(self) -> str:
        """Its path below `tile/`."""
        parts = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            parts.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{level}/{'/'.join(reversed(parts))}{partial}"


def tile_at(place: str) -> Tile | None:
    """Return the tile with this path below `tile/`; None when no tile has such a path."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    level = ENTRIES if found["level"] == "entries" else int(found["level"])
    number = int(found["number"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    tile = Tile(level, number, width)
    # Only the canonical path: no leading zeroes of a number, no width of a full tile.
    return tile if level <= _TOP and number < _MOST_TILES and tile.place == place else None


def hashes_at(level: int, size: int) -> int:
    """Return how many hashes (or entries) a level has in a tree of this size."""
    return size >> (HEIGHT * max(level, 0))


def width_of(level: int, number: int, size: int) -> int:
    """Return the width of a tile in a tree of this size; 0 when the tree does not have it."""
    return max(0, min(WIDTH, hashes_at(level, size) - number * WIDTH))


def tiles_of(size: int, before: int = 0) -> Iterator[Tile]:
    """Return the tiles of a tree, bundles first, without those that it already had at an earlier size."""
    level = ENTRIES
    while hashes_at(level, size):
        for number in range(hashes_at(level, before) // WIDTH, -(-hashes_at(level, size) // WIDTH)):
            width = width_of(level, number, size)
            if width != width_of(level, number, before):
                yield Tile(level, number, width)
        level += 1


def tiles_for(stretches: Iterable[Stretch], size: int) -> set[Tile]:
    """Return the tiles of a tree of this size that contain the hashes of these stretches."""
    return {_place_of(subtree, size)[0] for stretch in stretches for subtree in subtrees_of(stretch)}


def hash_of(stretch: Stretch, size: int, contents: Mapping[Tile, bytes]) -> bytes:
    """Return the hash of a stretch from the content of the tiles that `tiles_for` has named."""
    hashes = []
    for subtree in subtrees_of(stretch):
        tile, start, end = _place_of(subtree, size)
        hashes.append(root_of_full(contents[tile][start * HASH : end * HASH]))
    return joined(hashes)


def _place_of(subtree: Subtree, size: int) -> tuple[Tile, int, int]:
    """Return the tile with the lowest hashes that make up the subtree, and their first and last place in it."""
    level, left = divmod(subtree.height, HEIGHT)
    number, start = divmod(subtree.number << left, WIDTH)
    return Tile(level, number, width_of(level, number, size)), start, start + (1 << left)


def bundle_of(entries: bytes) -> bytes:
    """Return the bundle of entries, given as 32 bytes each in a row: in the bundle each follows its length."""
    return b"".join([_ENTRY_LENGTH + entries[at : at + HASH] for at in range(0, len(entries), HASH)])
