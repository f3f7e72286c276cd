"""Adds the ledger's new events to the tree, and computes the whole tree again when necessary."""

from collections.abc import Callable
from typing import Final

from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.edge import GrownTile, RightEdge
from ledger.public_log.stops import ForkError, SignerAheadError
from ledger.public_log.tile_store import TileStore

AT_ONCE: Final = 8192
"""Events in a batch: some 70 tiles in a statement, and a few megabytes to read."""

Progress = Callable[[int, int], None]
"""Called with the number of events in the tree, and of all events."""


def grow(store: TileStore, edge: RightEdge, *, enough: Callable[[], bool] = lambda: False) -> bool:
    """Add the ledger's new events to the tree, batch by batch, until `enough`; return whether all are in it."""
    head = store.head()
    while edge.size < head and not enough():
        entries = store.entries(edge.size, min(AT_ONCE, head - edge.size))
        # A crash within a batch leaves nothing of the batch. The edge is then read from the database again.
        store.grow(list(edge.grow(entries)))
    return edge.size >= head


def rebuild(store: TileStore, signed: TreeHead, progress: Progress = lambda _done, _total: None) -> int:
    """Compute every tile of the signed tree from the events; return how many were missing or different.

    The root is computed and compared before tiles are written, so that changed events cannot overwrite the tiles that
    prove the change. A crash while tiles are written leaves some correct and some wrong ones; run it again.

    Raises:
        SignerAheadError: the ledger has fewer events than were signed.
        ForkError: the ledger's events differ from those that were signed.
    """
    there = store.head()
    if there < signed.size:
        raise SignerAheadError(signed.size, there)
    edge = RightEdge()
    grow_in_memory(store, edge, signed.size, told=lambda done: progress(done, 2 * signed.size))
    if edge.root() != signed.root:
        raise ForkError(signed.size)
    changed = 0

    def write(tiles: list[GrownTile]) -> None:
        nonlocal changed
        changed += store.replace(tiles)

    grow_in_memory(store, RightEdge(), signed.size, write, lambda done: progress(signed.size + done, 2 * signed.size))
    store.drop_beyond(signed.size)
    return changed


def grow_in_memory(
    store: TileStore,
    edge: RightEdge,
    size: int,
    take: Callable[[list[GrownTile]], None] = lambda _tiles: None,
    told: Callable[[int], None] = lambda _size: None,
) -> None:
    """Let the tree grow to a size in memory only.

    Args:
        store: where the events are.
        edge: of the tree.
        size: the size to reach.
        take: called with the tiles of each batch.
        told: called with the size after each batch.

    Raises:
        SignerAheadError: the ledger has fewer events.
    """
    while edge.size < size:
        entries = store.entries(edge.size, min(AT_ONCE, size - edge.size))
        if not entries:
            raise SignerAheadError(size, edge.size)
        take(list(edge.grow(entries)))
        told(edge.size)
