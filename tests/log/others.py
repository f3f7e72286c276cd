"""Asks programs that we did not write to check a log."""

import psycopg
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # ships no types
from tlog_scales.backend import TilesBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from tests.ledger.tree.kept import EVENTS

SIZES = (3, 300, 700)
"""The sizes of the checkpoints that the programs check."""


def accepted(backend: TilesBackend, vkey: str, owner_url: str) -> int:
    """Check everything that is served against the events with tlog-scales and pymerkle; return the size."""
    reader = TilesReader(backend)
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(vkey))
    with psycopg.connect(owner_url) as owner:
        stored = owner.execute(EVENTS).fetchall()[: checkpoint.size]  # the log may have grown since
        entries = [entry_of(StoredEntry(*row)) for row in stored]
    tree = InmemoryTree(algorithm="sha256")
    for index, entry in enumerate(entries):
        leaf = tree.append_entry(entry)
        assert leaf == index + 1
        assert reader.get_entry(index) == entry

    assert reader.calculate_root_hash() == checkpoint.root_hash == tree.get_root(checkpoint.size)
    for index in (0, 255, 256, 511, 699):
        leaf_hash = tree.get_leaf(index + 1)
        reader.get_inclusion_proof(index, checkpoint.size).check(leaf_hash, checkpoint.root_hash)
    for old in SIZES:
        reader.get_consistency_proof(old, checkpoint.size).check(tree.get_root(old), checkpoint.root_hash)
    return int(checkpoint.size)
