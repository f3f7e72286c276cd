"""Finds where recomputed tiles differ from a source's, and says what that means once the checkpoints are checked."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledger.audit.proving import inclusion_from, proves
from ledger.audit.tile_sources import At, TileSource
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.hashing import HASH
from ledger.public_log.tiles import ENTRIES, HEIGHT, WIDTH, Tile, width_of
from ledger.store.entry_hash import leaf_hash

MOST: Final = 20
"""At most so many findings of a kind are reported."""

_RANGES: Final = 1000


class Suspect(NamedTuple):
    """An event whose leaf or entry in the source's tile differs from the one computed from its stored parts."""

    position: int
    source: TileSource
    tile: Tile
    leaf: bytes


class Parted(NamedTuple):
    """A hash above the leaves, over the events `first` to `last`, that differs in the source's tile."""

    first: int
    last: int
    source: TileSource
    tile: Tile


class Comparison:
    """Compares the tiles of one source with recomputed ones, the lower levels first."""

    def __init__(self, source: TileSource) -> None:
        self.source = source
        self.suspects: list[Suspect] = []
        self.parted: list[Parted] = []
        self.missing: list[Tile] = []
        self.more = 0
        self._bad: list[tuple[int, int]] = []  # ranges of leaves whose difference is known already, in order

    def take(self, recomputed: Mapping[At, bytes]) -> None:
        """Compare these tiles with the source's."""
        places = sorted(recomputed)
        theirs = self.source.contents(places)
        for level, number in places:
            width = width_of(level, number, self.source.size)
            there = theirs.get((level, number), b"")
            tile = Tile(level, number, width)
            if len(there) < width * HASH:
                if self.source.is_whole:
                    self.missing = [*self.missing, tile][:MOST]
                if not there:
                    continue
            ours = recomputed[level, number]
            length = min(len(ours), len(there))
            if ours[:length] != there[:length]:
                self._parts(tile, ours[:length], there[:length])

    def _parts(self, tile: Tile, ours: bytes, theirs: bytes) -> None:
        for at in range(0, len(ours), HASH):
            if ours[at : at + HASH] == theirs[at : at + HASH]:
                continue
            index = tile.number * WIDTH + at // HASH
            if tile.level <= 0:
                hashed = theirs[at : at + HASH].ljust(HASH, b"\0")
                leaf = leaf_hash(hashed) if tile.level == ENTRIES else hashed
                self._suspect(Suspect(index + 1, self.source, tile, leaf))
                self._is_bad(index, index + 1)
                continue
            first, last = index << HEIGHT * tile.level, (index + 1) << HEIGHT * tile.level
            if not any(start < last and first < end for start, end in self._bad):
                self.parted = [*self.parted, Parted(first + 1, last, self.source, tile)][:MOST]
                self._is_bad(first, last)

    def _suspect(self, suspect: Suspect) -> None:
        if len(self.suspects) < MOST or suspect.position <= self.suspects[-1].position:
            self.suspects.append(suspect)
        else:
            self.more += 1

    def _is_bad(self, first: int, last: int) -> None:
        if len(self._bad) < _RANGES:
            self._bad.append((first, last))
        else:  # from this number on, all the rest counts as one difference
            self._bad[-1] = (self._bad[-1][0], last)


def is_proven(suspect: Suspect, head: TreeHead) -> bool:
    """Return whether the source's own tiles prove that its leaf is under a signed root."""
    hashes = inclusion_from(suspect.source, suspect.position, head.size)
    return hashes is not None and proves(hashes, suspect.leaf, suspect.position, head)


def by_position(comparisons: Sequence[Comparison]) -> dict[int, list[Suspect]]:
    """Return the suspects of all sources in the order of events; for one event, leaves before entries."""
    found: dict[int, list[Suspect]] = {}
    every = [suspect for comparison in comparisons for suspect in comparison.suspects]
    for suspect in sorted(every, key=lambda each: (each.position, -each.tile.level)):
        found.setdefault(suspect.position, []).append(suspect)
    return dict(list(found.items())[:MOST])
