"""The tree grows by its right edge. Whatever the pieces, it is the same tree, as other programs confirm."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # ships no types
from tlog_scales.writer import TilesWriter

from ledger.public_log.edge import GrownTile, RightEdge
from ledger.public_log.stops import DamagedTilesError
from ledger.public_log.tiles import ENTRIES, bundle_of, tiles_of
from tests.ledger.tree.trees import Tiles, each, grown, made_entries


@given(st.lists(st.integers(0, 700), max_size=6))
@settings(deadline=None)
def test_in_whatever_pieces_it_grows_the_tiles_are_the_same(pieces: list[int]) -> None:
    tiles, edge = Tiles(), RightEdge()
    for piece in pieces:
        tiles.keep(edge.grow(made_entries(piece, edge.size)))
        assert edge.root() == tiles.root(edge.size)
        edge = tiles.edge()  # as a new keeper reads it

    whole = grown(edge.size)
    assert edge.size == sum(pieces)
    assert tiles.contents(tiles_of(edge.size)) == whole.contents(tiles_of(edge.size))


def test_every_size_up_to_1000_has_the_root_that_pymerkle_gives_it() -> None:
    tiles, edge, other = Tiles(), RightEdge(), InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(each(made_entries(1000)), start=1):
        tiles.keep(edge.grow(entry))
        other.append_entry(entry)

        assert edge.root() == other.get_root(size)
    assert [tiles.root(size) for size in range(1, 1001)] == [other.get_root(size) for size in range(1, 1001)]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 1000, 70_000])
def test_the_tiles_are_those_that_tlog_scales_writes(size: int, tmp_path: Path) -> None:
    writer = TilesWriter.create(tmp_path / "log", "example.com/log")
    for entry in each(made_entries(size)):
        writer.add_leaf(entry)
    writer.commit([])
    ours = grown(size)

    written = {
        str(path.relative_to(tmp_path / "log" / "tile"))
        for path in (tmp_path / "log" / "tile").rglob("*")
        if path.is_file()
    }
    assert written == {tile.place for tile in tiles_of(size)}
    for tile in tiles_of(size):
        content = ours.content(tile)
        served = bundle_of(content) if tile.level == ENTRIES else content
        assert (tmp_path / "log" / "tile" / tile.place).read_bytes() == served, tile
    assert writer.reader.calculate_root_hash() == ours.root(size) == ours.edge().root()


@pytest.mark.parametrize(
    "last",
    [
        {0: GrownTile(0, 0, bytes(64)), ENTRIES: GrownTile(ENTRIES, 0, bytes(32))},
        {0: GrownTile(0, 0, bytes(64))},
        {ENTRIES: GrownTile(ENTRIES, 0, bytes(64))},
        {0: GrownTile(0, 0, bytes(8192)), ENTRIES: GrownTile(ENTRIES, 0, bytes(8192))},
        {0: GrownTile(0, 0, bytes(33)), ENTRIES: GrownTile(ENTRIES, 0, bytes(33))},
    ],
    ids=["entries and leaves differ", "no entries", "no leaves", "a level is missing", "half a hash"],
)
def test_an_edge_that_is_not_of_one_tree_is_refused(last: dict[int, GrownTile]) -> None:
    with pytest.raises(DamagedTilesError):
        RightEdge.of(last)
