"""The tiles in the database, and the events that they are computed from. One session at a time uses it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ledger.postgresql import arrays
from ledger.public_log.edge import GrownTile, RightEdge
from ledger.public_log.hashing import HASH
from ledger.public_log.proofs import consistency_path
from ledger.public_log.session import LogSession
from ledger.public_log.stops import DamagedTilesError, MissingEventError
from ledger.public_log.stretches import Stretch
from ledger.public_log.tiles import WIDTH, Tile, hash_of, hashes_at, tiles_for
from ledger.store.entry_hash import ENTRY
from ledger.store.page_size import is_whole, large_page, small_after, small_page, within_after

MOST_BYTES: Final = 256 << 20
"""The most bytes of events that one statement hashes, if no limit is given: about a second's work."""

_HEAD: Final = "SELECT position FROM ledger.head"
# The entry is computed in the database: an event may be large, and sending it takes longer than hashing it. An audit
# computes the entry again, elsewhere.
_TOGETHER: Final = "SELECT count(*), max(position), string_agg(entry, ''::bytea ORDER BY position) FROM"
_ENTRY: Final = f"e.position, {ENTRY} AS entry"
_SMALL_ENTRIES: Final = f"{_TOGETHER} ({small_after(_ENTRY)}) e"
_ENTRIES_WITHIN: Final = f"{_TOGETHER} ({within_after(_ENTRY)}) e"
_POSITIONS: Final = "SELECT position FROM ledger.events WHERE position > %b ORDER BY position LIMIT %b"
_LAST_TILES: Final = """
SELECT l.level, t.number, t.content FROM generate_series(-1, 7) AS l (level)
 CROSS JOIN LATERAL (SELECT number, content FROM log.tiles t WHERE t.level = l.level ORDER BY number DESC LIMIT 1) t
"""
TILES: Final = """
SELECT w.level, w.number, w.width, substring(t.content FOR (w.width * 32)::int)
  FROM unnest(%b, %b, %b) AS w (level, number, width)
  JOIN log.tiles t ON t.level = w.level AND t.number = w.number
"""
# A tile only grows to the right: its present content must be the beginning of the new content.
_GROW: Final = """
INSERT INTO log.tiles AS t (level, number, content) SELECT * FROM unnest(%b, %b, %b)
    ON CONFLICT (level, number) DO UPDATE SET content = excluded.content
 WHERE t.content = substring(excluded.content FOR octet_length(t.content))
"""
_REPLACE: Final = """
INSERT INTO log.tiles AS t (level, number, content) SELECT * FROM unnest(%b, %b, %b)
    ON CONFLICT (level, number) DO UPDATE SET content = excluded.content WHERE t.content <> excluded.content
"""
_DROP_BEYOND: Final = "DELETE FROM log.tiles WHERE level = %b AND number >= %b"


class TileStore:
    """The tree in the database.

    Args:
        session: the session that is used.
        most_bytes: the most bytes of events that one statement hashes, unless a single event has more.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, session: LogSession, *, most_bytes: int = MOST_BYTES) -> None:
        self._session, self._most_bytes = session, most_bytes

    def head(self) -> int:
        """Return the ledger's last position, which is the largest size that the tree can have."""
        return int(self._session.rows(_HEAD)[0][0])

    def entries(self, after: int, limit: int) -> bytes:
        """Return the entries of the events after a position, 32 bytes each, up to a limit: fewer if events are large.

        Raises:
            MissingEventError: there is a gap.
        """
        asked = after, limit, self._most_bytes
        [(count, last, entries)] = self._session.rows(_SMALL_ENTRIES, small_page(*asked))
        if not is_whole(after, count, last):
            [(count, last, entries)] = self._session.rows(_ENTRIES_WITHIN, large_page(*asked))
        if not count:
            return b""
        if not is_whole(after, count, last):
            there = enumerate(self._session.rows(_POSITIONS, [after, limit]), after + 1)
            raise MissingEventError(next(at for at, (position,) in there if position != at))
        return bytes(entries)

    def edge(self) -> RightEdge:
        """Return the right edge of the tree.

        Raises:
            DamagedTilesError: the stored tiles do not belong to one tree.
        """
        return RightEdge.of({level: GrownTile(level, *rest) for level, *rest in self._session.rows(_LAST_TILES)})

    def grow(self, tiles: Sequence[GrownTile]) -> None:
        """Store these tiles, all of them or none.

        Raises:
            DamagedTilesError: the stored tiles belong to another tree.
        """
        if self._session.write(_GROW, _columns(tiles)) != len(tiles):
            raise DamagedTilesError
        # The commit point, by a single statement. After a crash before it, the tree is unchanged. After it, the tree is
        # larger than the last signed one, and the next keeper of the log signs it as it is.

    def replace(self, tiles: Sequence[GrownTile]) -> int:
        """Store these tiles instead of the present ones; return how many were different."""
        return self._session.write(_REPLACE, _columns(tiles))

    def drop_beyond(self, size: int) -> None:
        """Delete every tile that a tree of this size does not have."""
        for level in range(-1, 8):
            self._session.write(_DROP_BEYOND, [level, -(-hashes_at(level, size) // WIDTH)])

    def root(self, size: int) -> bytes:
        """Return the root that the tree had at a size.

        Raises:
            DamagedTilesError: tiles are missing.
        """
        whole = Stretch(0, size)
        return hash_of(whole, size, self._contents([whole], size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of the new size extends the one of the old size.

        Raises:
            DamagedTilesError: tiles are missing.
        """
        path = consistency_path(old, new)
        contents = self._contents(path, new)
        return [hash_of(stretch, new, contents) for stretch in path]

    def _contents(self, stretches: Iterable[Stretch], size: int) -> Mapping[Tile, bytes]:
        wanted = tiles_for(stretches, size)
        found = {Tile(*place): bytes(content) for *place, content in self._session.rows(TILES, wanted_columns(wanted))}
        if any(len(found.get(tile, b"")) != tile.width * HASH for tile in wanted):
            raise DamagedTilesError
        return found


def wanted_columns(tiles: Iterable[Tile]) -> list[object]:
    """Return the parameters of `TILES`."""
    levels, numbers, widths = zip(*tiles, strict=True) if (tiles := list(tiles)) else ((), (), ())
    return [arrays.int4s(levels), arrays.int8s(numbers), arrays.int4s(widths)]


def _columns(tiles: Sequence[GrownTile]) -> list[object]:
    return [
        arrays.int4s([tile.level for tile in tiles]),
        arrays.int8s([tile.number for tile in tiles]),
        arrays.byteas([tile.content for tile in tiles]),
    ]
