"""An attacker with all rights in the database and the log's key: computes the tiles again, and signs them."""

import psycopg

from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.edge import GrownTile, RightEdge
from ledger.public_log.signer import FileLogSigner
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from tests.ledger.tree.kept import EVENTS
from tests.verifying.held import Held


def rewrite(held: Held, signer: FileLogSigner) -> None:
    """Make the database consistent: tiles of the present events, and signed checkpoints of these tiles."""
    with psycopg.connect(held.admin) as admin:
        admin.execute("SET session_replication_role = replica")
        entries = [entry_of(StoredEntry(*row)) for row in admin.execute(EVENTS).fetchall()]
        edge, tiles, before = RightEdge(), dict[tuple[int, int], GrownTile](), 0
        for size in held.signed:
            tiles |= {(tile.level, tile.number): tile for tile in edge.grow(b"".join(entries[before:size]))}
            before = size
            note = signer._signed(TreeHead(size, edge.root()))
            admin.execute("UPDATE log.checkpoints SET note = %s WHERE size = %s", [note, size])
        for tile in tiles.values():
            admin.execute("UPDATE log.tiles SET content = %s WHERE level = %s AND number = %s", [tile[2], *tile[:2]])
