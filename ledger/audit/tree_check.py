"""Recomputes the tree over the events in the order of positions, and compares it with checkpoints and tiles."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

from ledger.audit.findings import Finding
from ledger.audit.hashed import HashedRange, time_goes_back
from ledger.audit.kept import Signed
from ledger.audit.suspects import MOST, Comparison, Suspect, by_position, is_proven
from ledger.audit.tile_sources import At, TileSource
from ledger.public_log.edge import RightEdge
from ledger.public_log.hashing import HASH
from ledger.public_log.tiles import ENTRIES, WIDTH

_FULL: Final = WIDTH * HASH
_MOST_FILLED: Final = 1000
Explain = Callable[[int, bytes], str]


class TreeCheck:
    """Takes ranges of entries one after the other; `finish` returns the findings. Its memory does not grow.

    Args:
        checkpoints: all signed checkpoints, the smallest tree first.
        sources: tiles to compare with.
        explain: returns how the event at a position differs from the one with a leaf.
    """

    def __init__(self, checkpoints: Iterator[Signed], sources: Sequence[TileSource], explain: Explain) -> None:
        self._checkpoints, self._explain = checkpoints, explain
        self._comparisons = [Comparison(source) for source in sources]
        self._next: Signed | None = next(checkpoints, None)
        self._edge = RightEdge()
        self._fresh: dict[At, bytes] = {}
        self._findings: list[Finding] = []
        self._agreed = 0
        self._disagreeing: list[Signed] = []
        self.last_time: int | None = None
        """When the last event was recorded."""
        self.counted = 0
        """How many checkpoints were compared."""
        self.lost_at: int | None = None
        """The missing event from which the tree cannot be recomputed any more."""
        self._reach_checkpoints()

    def take(self, hashed: HashedRange) -> None:
        """Take the next range."""
        self._findings += hashed.findings
        if hashed.first_time is not None:
            if self.last_time is not None and hashed.first_time < self.last_time:
                self._findings.append(time_goes_back(hashed.first, hashed.first_time, self.last_time))
            self.last_time = hashed.last_time
        self._tell_missing(hashed.missing)
        entries = self._filled(hashed) if self.lost_at is None else b""
        while entries:
            end = self._next.head.size if self._next else None
            count = len(entries) // HASH
            if end is not None and end - self._edge.size < count:
                count = end - self._edge.size
            for tile in self._edge.grow(entries[: count * HASH]):
                self._fresh[tile.level, tile.number] = tile.content
            entries = entries[count * HASH :]
            self._reach_checkpoints()
        self._compare({at: content for at, content in self._fresh.items() if len(content) == _FULL})

    def finish(self, last: int) -> list[Finding]:
        """Return all findings; `last` is the ledger's last position."""
        self._compare(dict(self._fresh))
        if self.lost_at is None:
            for signed in chain([self._next] if self._next else [], self._checkpoints):
                short = signed.head.size - last
                says = f"the ledger ends at {last}, and {signed.name} has {short} more: they were deleted, or a backup"
                self._findings.append(Finding("tree", last + 1, f"{says} was restored"))
                break
        suspects = by_position(self._comparisons)
        for position, ones in suspects.items():
            self._findings.append(self._judged(position, ones))
        self._tell_more()
        self._tell_tiles()
        self._tell_disagreement()
        return self._findings

    def _reach_checkpoints(self) -> None:
        while self._next is not None and self._next.head.size == self._edge.size:
            self.counted += 1
            if self._edge.root() == self._next.head.root:
                self._agreed = self._edge.size
            elif len(self._disagreeing) < MOST:
                self._disagreeing.append(self._next)
            self._next = next(self._checkpoints, None)

    def _compare(self, recomputed: dict[At, bytes]) -> None:
        for comparison in self._comparisons:
            comparison.take(recomputed)
        for at in recomputed:
            del self._fresh[at]

    def _filled(self, hashed: HashedRange) -> bytes:
        """Return the entries; missing ones come from a source's bundle, or the result ends at the first missing one."""
        entries = bytearray(hashed.entries)
        for number, position in enumerate(hashed.missing):
            entry = self._from_bundle(position) if number < _MOST_FILLED else None
            at = (position - hashed.first) * HASH
            if entry is None:
                self.lost_at = position
                return bytes(entries[:at])
            entries[at : at + HASH] = entry
        return bytes(entries)

    def _from_bundle(self, position: int) -> bytes | None:
        number, place = divmod(position - 1, WIDTH)
        for comparison in self._comparisons:
            bundle = comparison.source.contents([(ENTRIES, number)]).get((ENTRIES, number), b"")
            entry = bundle[place * HASH : (place + 1) * HASH]
            if len(entry) == HASH:
                return entry
        return None

    def _judged(self, position: int, suspects: Sequence[Suspect]) -> Finding:
        first = suspects[0]
        names = ", ".join(dict.fromkeys(f"tile {each.tile.place} of {each.source.name}" for each in suspects))
        # This comes first: if two trees were signed, the event agrees with the other one.
        for suspect in suspects:
            for signed in self._disagreeing:
                if position <= signed.head.size and is_proven(suspect, signed.head):
                    says = self._explain(position, suspect.leaf)
                    return Finding("leaf", position, f"it is not the event that {signed.name} covers: {says}")
        if position <= self._agreed:
            says = f"{names} holds another hash for this event; the event is as it was signed"
            return Finding("tile", position, says)
        says = self._explain(position, first.leaf)
        if any(position <= signed.head.size for signed in self._disagreeing):
            return Finding("leaf", position, f"it does not fit into {names}, which proves nothing: {says}")
        return Finding(
            "tile", position, f"it does not fit into {names}, and no checkpoint tells which was changed: {says}"
        )

    def _tell_missing(self, missing: Sequence[int]) -> None:
        told = sum(each.check == "position" for each in self._findings)
        for position in missing[: max(0, MOST - told)]:
            self._findings.append(Finding("position", position, "the event is missing"))

    def _tell_more(self) -> None:
        more = max((comparison.more for comparison in self._comparisons), default=0)
        if more:
            says = f"{more} events more do not fit into the tiles: after one that was added or removed, none does"
            self._findings.append(Finding("leaf", None, says))

    def _tell_tiles(self) -> None:
        for comparison in self._comparisons:
            name = comparison.source.name
            for tile in comparison.missing:
                self._findings.append(Finding("tile", None, f"tile {tile.place} is missing in {name}, or cut off"))
            for first, last, _, tile in comparison.parted:
                if last <= self._agreed:
                    says = f"tile {tile.place} of {name} holds another hash for the events to {last}; they are"
                    self._findings.append(Finding("tile", first, f"{says} as they were signed"))
                else:
                    says = f"the events from here to {last} do not give the hash in tile {tile.place} of {name}"
                    self._findings.append(Finding("tree", first, says))

    def _tell_disagreement(self) -> None:
        if not self._disagreeing:
            return
        signed = self._disagreeing[0]
        if signed.head.size <= self._agreed or signed.head.size == 0:
            says = f"{signed.name} is of another tree than the events, which fit another checkpoint: two were signed"
            self._findings.append(Finding("checkpoint", None, says))
            return
        located = any(
            each.check in {"leaf", "position"} and each.position is not None and each.position <= signed.head.size
            for each in self._findings
        )
        says = (
            f"the events to {signed.head.size} are not those of {signed.name}: something was changed, added or removed"
            f" between {self._agreed + 1} and {signed.head.size}{'' if located else '; kept tiles would tell which'}"
        )
        self._findings.append(Finding("tree", None if located else self._agreed + 1, says))
