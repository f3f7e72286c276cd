"""Which tiles exist and where: by the text of c2sp.org/tlog-tiles, its examples, and another program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import tiles as scales

from ledger.public_log.tiles import ENTRIES, WIDTH, Tile, bundle_of, tile_at, tiles_of, width_of
from tests.ledger.tree.trees import each, made_entries

PLACES = {
    "0/000": Tile(0, 0),
    "0/x001/x234/067": Tile(0, 1234067),
    "0/273.p/112": Tile(0, 273, 112),
    "2/000.p/1": Tile(2, 0, 1),
    "63/000.p/255": Tile(63, 0, 255),
    "entries/x001/000.p/7": Tile(ENTRIES, 1000, 7),
}
NO_PLACES = (
    "",
    "0",
    "0/",
    "0/0",
    "0/00",
    "0/0000",
    "00/000",
    "01/000",
    "64/000",
    "-1/000",
    "data/000",
    "entries",
    "0/001/000",
    "0/x000/000",
    "0/x001",
    "0/x001/x002",
    "0/X001/000",
    "0/000.p",
    "0/000.p/",
    "0/000.p/0",
    "0/000.p/01",
    "0/000.p/256",
    "0/000.p/1/",
    "0/000/",
    "/0/000",
    "0//000",
    "0/000\n",
    "0/" + "\N{ARABIC-INDIC DIGIT ZERO}" * 3,
    "0/" + "x999/" * 30 + "999",
)


@pytest.mark.parametrize(("place", "tile"), list(PLACES.items()))
def test_a_tile_is_where_the_specification_says(place: str, tile: Tile) -> None:
    assert tile.place == place
    assert tile_at(place) == tile


@pytest.mark.parametrize("place", NO_PLACES)
def test_no_tile_is_anywhere_else(place: str) -> None:
    assert tile_at(place) is None


@given(st.integers(-1, 63), st.integers(0, (1 << 55) - 1), st.integers(1, 256))
def test_a_place_leads_back_to_its_tile(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)

    assert tile_at(tile.place) == tile
    assert f"tile/{tile.place}" == "/".join(scales.tile_path(level, number, width % WIDTH))


@given(st.text("0123456789x./pentris", max_size=20))
def test_a_place_that_is_accepted_is_the_only_one_of_its_tile(place: str) -> None:
    tile = tile_at(place)

    assert tile is None or tile.place == place


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    full = {level: sum(tile.level == level and tile.width == WIDTH for tile in tiles) for level in (-1, 0, 1, 2)}
    partial = {tile.level: tile.width for tile in tiles if tile.width < WIDTH}

    assert full == {-1: 273, 0: 273, 1: 1, 2: 0}
    assert partial == {-1: 112, 0: 112, 1: 17, 2: 1}
    assert len(tiles) == len(set(tiles))


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    assert list(tiles_of(256)) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]


def test_an_empty_tree_has_no_tile() -> None:
    assert list(tiles_of(0)) == []


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_is_new_in_a_larger_tree_is_what_it_has_and_the_smaller_one_has_not(one: int, other: int) -> None:
    before, size = sorted((one, other))

    assert set(tiles_of(size, before)) == set(tiles_of(size)) - set(tiles_of(before))


@given(st.integers(0, 1 << 40), st.integers(0, 4))
def test_a_level_has_as_many_hashes_as_full_subtrees(size: int, level: int) -> None:
    full, partial = scales.level_tiles(size, level)

    assert width_of(level, full, size) == partial
    assert full == 0 or width_of(level, full - 1, size) == WIDTH
    assert width_of(level, full + 1, size) == 0


def test_a_bundle_has_each_entry_behind_its_length() -> None:
    entries = made_entries(3)

    assert bundle_of(entries) == b"".join(b"\x00\x20" + entry for entry in each(entries))
