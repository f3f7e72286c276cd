"""The audit of an honest ledger raises no false alarm, whatever has happened in the ledger."""

from tests.verifying.held import Held


def test_an_honest_ledger_is_sound_with_tiles_and_without(held: Held) -> None:
    with_tiles, without = held.finds(), held.finds(tiles=False)

    assert with_tiles.findings == without.findings == []
    assert with_tiles.tree.events == held.last
    assert with_tiles.tree.signed == held.signed[-1] == held.last - 5
    # Those in the database, with that of the empty tree, those in the folder, and the one beside the tiles.
    assert with_tiles.tree.checkpoints == (1 + len(held.signed)) + len(held.signed) + 1
    assert with_tiles.foreign > 0, "streams of another application are left alone"
