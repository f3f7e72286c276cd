"""Checks the whole ledger, byte for byte and up to the tree, against what an auditor has kept."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from ledger.audit.explaining import explained
from ledger.audit.findings import Finding
from ledger.audit.hashed import RANGE, hash_range
from ledger.audit.kept import KeyUnknownError, Signed, kept_in, key_of, latest, signed_note, stored
from ledger.audit.session import Extent, ReadingSession
from ledger.audit.tile_sources import FolderTiles, ServedTiles, StoredTiles, TileSource
from ledger.audit.tree_check import TreeCheck
from ledger.postgresql import arrays
from ledger.public_log.note import VerifierKey

Work: TypeAlias = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]
"""Calls a function with each of these arguments, here or in other processes; the results come in the same order."""

Progress: TypeAlias = Callable[[int], None]
"""Called with the number of further events that are done."""

_MOST_EXPLAINED: Final = 5
_AT_ONCE: Final = 1000
_PUBLISHED: Final = "SELECT size FROM log.checkpoints WHERE origin = %b AND size = ANY (%b)"


class Against(NamedTuple):
    """What an auditor has kept.

    The log's key, checkpoints (files and folders of them), tiles (a folder or an address), and statements that the log
    has signed about cases.
    """

    key: VerifierKey | None = None
    kept: Sequence[Path] = ()
    tiles: FolderTiles | ServedTiles | None = None
    statements: Sequence[Path] = ()


class TreeChecked(NamedTuple):
    """The result of comparing the ledger with its tree.

    `signed` is the size of the largest signed tree, `present` the last checkpoint in the database (its size, and the
    note), `lost_at` the missing event from which the tree could not be recomputed.
    """

    events: int
    key: VerifierKey | None
    signed: int | None
    checkpoints: int
    present: tuple[int, bytes] | None
    lost_at: int | None
    findings: list[Finding]


class _Held(NamedTuple):
    """All signed checkpoints, read before the ledger's last position was read."""

    key: VerifierKey | None
    outside: list[Signed]
    present: tuple[int, bytes] | None
    sources: list[TileSource]

    @property
    def largest(self) -> int | None:
        sizes = [each.head.size for each in self.outside] + ([self.present[0]] if self.present else [])
        return max(sizes, default=None)


def check_tree(url: str, against: Against, work: Work, progress: Progress) -> TreeChecked:
    """Check each event's bytes, and the tree over all of them.

    Raises:
        KeyUnknownError: there are signed checkpoints, and nobody says which key signs them.
        LedgerUnreadableError, TilesUnreadableError, OSError: something cannot be read.
    """
    findings: list[Finding] = []
    with ReadingSession(url) as session:
        held = _held(session, against, findings)
        # In this order: so every signed checkpoint has its events, also on a ledger that grows meanwhile.
        extent = session.extent()
        signed = [iter(held.outside)]
        if held.key is not None and held.present is not None:
            signed.append(stored(session, held.key, held.present[0], findings))
        checkpoints = heapq.merge(*signed, key=lambda each: each.head.size)
        check = TreeCheck(checkpoints, held.sources, _Explaining(session))
        for hashed in work(hash_range, _ranges(url, extent.last)):
            check.take(hashed)
            progress(len(hashed.entries) // 32)
        findings += check.finish(extent.last)
        findings += _at_the_ends(extent, check.last_time)
    return TreeChecked(extent.last, held.key, held.largest, check.counted, held.present, check.lost_at, findings)


def _held(session: ReadingSession, against: Against, findings: list[Finding]) -> _Held:
    has_log = session.has_log()
    try:
        key, wrong = key_of(session, against.key, has_log=has_log)
    except KeyUnknownError:
        if against.kept or against.tiles or against.statements:
            raise
        findings.append(Finding("checkpoint", None, "nothing is signed, or nobody says by which key"))
        return _Held(None, [], None, [])
    outside, wrong_ones = kept_in(against.kept, key)
    findings += wrong + wrong_ones
    sources: list[TileSource] = []
    if against.tiles is not None:
        name = f"the checkpoint beside the tiles of {against.tiles.name}"
        beside, wrong = signed_note(name, against.tiles.checkpoint(), key)
        findings += wrong
        if beside is not None:
            against.tiles.size = beside.head.size
            outside.append(beside)
            sources.append(against.tiles)
    outside.sort(key=lambda each: each.head.size)
    present = latest(session, key) if has_log else None
    if has_log:
        findings += _gone(session, key, outside)
        sources.append(StoredTiles(session, present[0] if present else 0))
    return _Held(key, outside, present, sources)


def _gone(session: ReadingSession, key: VerifierKey, outside: Sequence[Signed]) -> list[Finding]:
    """Find checkpoints that were given out and are not in the database: nobody may withdraw one."""
    sizes = sorted({each.head.size for each in outside if each.head.size})
    gone: list[int] = []
    for start in range(0, len(sizes), _AT_ONCE):
        some = sizes[start : start + _AT_ONCE]
        there = {size for (size,) in session.rows(_PUBLISHED, [key.name, arrays.int8s(some)])}
        gone += [size for size in some if size not in there]
    if not gone:
        return []
    says = f"{len(gone)} checkpoints that have left the house are gone from the database; the first is of {gone[0]}"
    return [Finding("checkpoint", None, f"{says} events")]


def _ranges(url: str, last: int) -> Iterator[tuple[str, int, int]]:
    for after in range(0, last, RANGE):
        yield url, after, min(after + RANGE, last)


def _at_the_ends(extent: Extent, last_time: int | None) -> Iterator[Finding]:
    if extent.first < 1:
        yield Finding("position", extent.first, "there is an event before position 1")
    if extent.unplaced:
        yield Finding("position", None, "there is an event without a position")
    if extent.head is None or extent.head_time is None:
        yield Finding("head", None, "ledger.head has no row")
    elif extent.head != extent.last:
        says = f"ledger.head says that the last event is {extent.head}, and it is {extent.last}"
        yield Finding("head", min(extent.head, extent.last) + 1, says)
    elif last_time is not None and last_time > extent.head_time:
        says = f"ledger.head says that it was recorded at {extent.head_time}, and it was at {last_time}"
        yield Finding("head", extent.last, says)


class _Explaining:
    """Explains only the first few differences: each takes a second or two."""

    def __init__(self, session: ReadingSession) -> None:
        self._session, self._left = session, _MOST_EXPLAINED

    def __call__(self, position: int, leaf: bytes) -> str:
        if not self._left:
            return "it was changed, too"
        self._left -= 1
        return explained(self._session, position, leaf)
