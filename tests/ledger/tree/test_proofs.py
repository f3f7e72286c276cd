"""Proofs prove what is true and nothing else, by the text of RFC 9162 and by two programs that we did not write."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # ships no types
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.proofs import ProofError, check_consistency, check_inclusion, consistency_path, inclusion_path
from ledger.store.entry_hash import leaf_hash
from tests.ledger.tree.trees import each, grown, made_entries

LARGEST = 70_000
TILES = grown(LARGEST)
ENTRIES = each(made_entries(LARGEST))
SIZES = st.one_of(
    st.integers(1, 1000), st.integers(1, LARGEST), st.sampled_from([255, 256, 257, 65_535, 65_536, 65_537])
)


def proof_of_inclusion(index: int, size: int) -> list[bytes]:
    return TILES.hashes(inclusion_path(index, size), size)


def proof_of_consistency(old: int, new: int) -> list[bytes]:
    return TILES.hashes(consistency_path(old, new), new)


def proved(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return False
    return True


@given(SIZES, st.data())
@settings(deadline=None, max_examples=300)
def test_every_leaf_is_proved_to_be_in_every_tree_that_holds_it(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, path, root = leaf_hash(ENTRIES[index]), proof_of_inclusion(index, size), TILES.root(size)

    check_inclusion(leaf, index, size, path, root)
    InclusionProof(index, size, path).check(leaf, root)


@given(SIZES, SIZES)
@settings(deadline=None, max_examples=300)
def test_every_tree_is_proved_to_have_grown_out_of_every_smaller_one(one: int, other: int) -> None:
    old, new = sorted((one, other))
    path = proof_of_consistency(old, new)

    check_consistency(old, TILES.root(old), new, TILES.root(new), path)
    ConsistencyProof(old, new, path).check(TILES.root(old), TILES.root(new))


def test_the_paths_are_those_that_pymerkle_makes() -> None:
    size, other = 300, InmemoryTree(algorithm="sha256")
    for entry in ENTRIES[:size]:
        other.append_entry(entry)
    for index in range(size):
        assert proof_of_inclusion(index, size) == list(other.prove_inclusion(index + 1, size).path[1:])


def test_everything_grows_out_of_the_empty_tree_and_nothing_needs_a_proof_of_itself() -> None:
    check_consistency(0, EMPTY_ROOT, 5, TILES.root(5), [])
    check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    check_consistency(5, TILES.root(5), 5, TILES.root(5), [])
    assert proof_of_consistency(0, 5) == proof_of_consistency(5, 5) == proof_of_consistency(0, 0) == []


@pytest.mark.parametrize(
    ("old", "old_root", "new", "new_root", "path"),
    [
        (0, TILES.root(1), 5, TILES.root(5), []),
        (0, EMPTY_ROOT, 0, TILES.root(1), []),
        (0, EMPTY_ROOT, 5, TILES.root(5), [EMPTY_ROOT]),
        (5, TILES.root(5), 5, TILES.root(4), []),
        (5, TILES.root(5), 5, TILES.root(5), [EMPTY_ROOT]),
        (6, TILES.root(6), 5, TILES.root(5), []),
        (-1, EMPTY_ROOT, 5, TILES.root(5), []),
        (3, TILES.root(3), 5, TILES.root(5), []),
        (4, TILES.root(4), 5, TILES.root(5), []),
    ],
)
def test_what_is_not_so_at_the_borders_is_not_proved(
    old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]
) -> None:
    with pytest.raises(ProofError):
        check_consistency(old, old_root, new, new_root, path)


def test_there_is_no_path_where_there_is_nothing_to_prove() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(index, size)
        with pytest.raises(ProofError):
            check_inclusion(leaf_hash(ENTRIES[0]), index, size, [], TILES.root(5))
    with pytest.raises(ValueError, match="grown out of"):
        consistency_path(6, 5)


@given(st.integers(2, 600), st.data())
@settings(deadline=None, max_examples=200)
def test_a_proof_of_inclusion_proves_nothing_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, path, root = leaf_hash(ENTRIES[index]), proof_of_inclusion(index, size), TILES.root(size)
    at = data.draw(st.integers(0, len(path) - 1))
    changed = bytes([path[at][0] ^ 1]) + path[at][1:]
    elsewhere = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
    wrong = {
        "a changed hash": (leaf, index, size, [*path[:at], changed, *path[at + 1 :]], root),
        "a hash less": (leaf, index, size, [*path[:at], *path[at + 1 :]], root),
        "a hash more": (leaf, index, size, [*path, root], root),
        "another place": (leaf, elsewhere, size, path, root),
        "another leaf": (leaf_hash(ENTRIES[elsewhere]), index, size, path, root),
        "another root": (leaf, index, size, path, TILES.root(size + 1)),
    }
    for lie, arguments in wrong.items():
        assert not proved(check_inclusion, *arguments), lie


@given(st.integers(1, 600), st.integers(1, 600), st.data())
@settings(deadline=None, max_examples=200)
def test_a_proof_of_consistency_proves_nothing_else(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other + 1 if one == other else other))
    path, old_root, new_root = proof_of_consistency(old, new), TILES.root(old), TILES.root(new)
    at = data.draw(st.integers(0, len(path) - 1))
    changed = bytes([path[at][0] ^ 1]) + path[at][1:]
    wrong = {
        "a changed hash": (old, old_root, new, new_root, [*path[:at], changed, *path[at + 1 :]]),
        "a hash less": (old, old_root, new, new_root, [*path[:at], *path[at + 1 :]]),
        "a hash more": (old, old_root, new, new_root, [*path, new_root]),
        "another old root": (old, TILES.root(old + 1), new, new_root, path),
        "another new root": (old, old_root, new, TILES.root(new + 1), path),
    }
    for lie, arguments in wrong.items():
        assert not proved(check_consistency, *arguments), lie


def test_all_small_trees_are_consistent_with_each_other_and_with_no_changed_one() -> None:
    """This tries every pair of sizes up to 40, and each of them with every single entry changed."""
    roots = [TILES.root(size) for size in range(41)]
    assert len({*roots}) == len(roots)
    for old in range(1, 41):
        for new in range(old, 41):
            path = proof_of_consistency(old, new)
            check_consistency(old, roots[old], new, roots[new], path)
            for before, after in pairwise(roots):
                if old < new and before != roots[old]:
                    with pytest.raises(ProofError):
                        check_consistency(old, before, new, roots[new], path)
                if after != roots[new]:
                    with pytest.raises(ProofError):
                        check_consistency(old, roots[old], new, after, path)
