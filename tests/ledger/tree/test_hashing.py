"""Hashing follows RFC 6962 and RFC 9162, by the test vectors of Certificate Transparency's logs."""

import pytest

from ledger.public_log.edge import RightEdge
from ledger.public_log.hashing import EMPTY_ROOT, leaf_hashes, node_hash
from ledger.public_log.stretches import Stretch
from ledger.public_log.tiles import Tile, hash_of
from ledger.store.entry_hash import leaf_hash
from tests.ledger.tree.trees import each, made_entries

LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS)))
def test_a_tree_has_the_root_that_certificate_transparency_gives_it(size: int, root: str) -> None:
    leaves = b"".join(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size])
    contents = {Tile(0, 0, size): leaves}

    assert hash_of(Stretch(0, size), size, contents).hex() == root


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert RightEdge().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == ROOTS[0]


def test_many_leaves_are_those_of_their_entries_one_by_one() -> None:
    entries = made_entries(9)

    assert each(leaf_hashes(entries)) == [leaf_hash(entry) for entry in each(entries)]


def test_a_leaf_is_no_node() -> None:
    left, right = each(made_entries(2))

    assert leaf_hash(left + right) != node_hash(left, right)
