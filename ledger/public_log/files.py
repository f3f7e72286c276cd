"""The public log as plain files that any static server can serve (c2sp.org/tlog-tiles)."""

import os
from itertools import islice
from pathlib import Path
from typing import Final

from ledger.public_log.checkpoint import TreeHead, opened
from ledger.public_log.growing import Progress
from ledger.public_log.note import NoteError, VerifierKey
from ledger.public_log.proofs import ProofError, check_consistency
from ledger.public_log.public_log import PublicLog
from ledger.public_log.stops import ForkError
from ledger.public_log.tiles import ENTRIES, bundle_of, tiles_of

_AT_ONCE: Final = 64
_CHECKPOINT, _KEY, _TILES = "checkpoint", "key", "tile"


class NotThisLogError(Exception):
    """The folder contains another log, or a later state of this one; the text says which."""


async def publish_files(
    log: PublicLog, folder: Path, progress: Progress, *, everything: bool = False
) -> tuple[int, int] | None:
    """Write new files; return the size of the tree and how many files were written. None: nothing was signed yet.

    Tiles come first and the checkpoint last, each file by a rename: a reader always finds a complete log, the old one
    or the new one. A crash leaves tiles that no checkpoint there needs yet; the next run writes them again.

    Raises:
        NotThisLogError: the folder contains something else.
        ForkError: this log is not an extension of the one in the folder.
    """
    vkey, latest = await log.vkey(), await log.latest()
    if vkey is None or latest is None:
        return None
    head = latest.head
    before = _published(folder, VerifierKey.parse(vkey))
    if before is not None:
        await _check_grown(log, before, head)
    since = 0 if before is None or everything else before.size
    written, missing = 0, tiles_of(head.size, since)
    while some := list(islice(missing, _AT_ONCE)):
        for tile, content in (await log.contents(some)).items():
            _write(folder / _TILES / tile.place, bundle_of(content) if tile.level == ENTRIES else content)
        written += len(some)
        progress(written, written)
    _write(folder / _KEY, vkey.encode())
    os.sync()
    # The commit point: everything written above is on disk. From the rename on, readers see the new tree.
    _write(folder / _CHECKPOINT, latest.raw)
    return head.size, written


def _published(folder: Path, key: VerifierKey) -> TreeHead | None:
    """Return the tree in the folder; None when there is none."""
    try:
        return opened((folder / _CHECKPOINT).read_bytes(), key).head
    except FileNotFoundError:
        return None
    except NoteError as error:
        raise NotThisLogError(f"{folder} holds another log: {error}") from None


async def _check_grown(log: PublicLog, before: TreeHead, head: TreeHead) -> None:
    if before.size > head.size:
        raise NotThisLogError(f"a tree of {before.size} events was published before, and now there are {head.size}")
    try:
        proof = await log.consistency(before.size, head.size)
        check_consistency(before.size, before.root, head.size, head.root, proof)
    except ProofError:
        raise ForkError(before.size) from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
