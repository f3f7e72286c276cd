"""The public parts of the log: checkpoints, tiles, entries, proofs. Any number of tasks may use it at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar
from uuid import UUID

from ledger.public_log.checkpoint import Checkpoint, TreeHead
from ledger.public_log.hashing import HASH
from ledger.public_log.note import Note
from ledger.public_log.proofs import consistency_path, inclusion_path
from ledger.public_log.session import CHANNEL
from ledger.public_log.stating import question_about
from ledger.public_log.stops import DamagedTilesError
from ledger.public_log.stretches import Stretch
from ledger.public_log.tile_store import TILES, wanted_columns
from ledger.public_log.tiles import ENTRIES, WIDTH, Tile, bundle_of, hash_of, tiles_for, width_of
from ledger.store.entry_hash import leaf_hash
from ledger.store.reading import Reader

_CHECKPOINT: Final = """
SELECT c.signed_at, c.note || coalesce((SELECT string_agg(s.line, ''::bytea ORDER BY s.witness)
                                          FROM log.cosignatures s WHERE s.origin = c.origin AND s.size = c.size), '')
  FROM log.checkpoints c WHERE c.origin = %b
"""
_OF_SIZE: Final = f"{_CHECKPOINT} AND c.size = %b"
_LATEST: Final = f"{_CHECKPOINT} ORDER BY c.size DESC LIMIT 1"
_AFTER: Final = f"{_CHECKPOINT} AND c.size > %b ORDER BY c.size LIMIT %b"
_SIZE: Final = "SELECT size FROM log.checkpoints WHERE origin = %b ORDER BY size DESC LIMIT 1"
_VKEY: Final = "SELECT vkey FROM log.logs WHERE origin = %b"
_WITNESSES: Final = "SELECT witness, size FROM log.witnesses WHERE origin = %b"
_ALARMS: Final = "SELECT source, kind, reason FROM log.alarms WHERE origin = %b"
_STATED: Final = "SELECT note FROM log.head_statements WHERE origin = %b AND case_id = %b AND size >= %b"
_NOTIFY: Final = "SELECT pg_notify(%b, %b) IS NULL"
_LOOK_AGAIN, _ASK_AGAIN = 0.02, 1.0

Found = TypeVar("Found")


class Published(NamedTuple):
    """A checkpoint as it is served, including cosignatures; `signed_at` is microseconds since 1970."""

    signed_at: int
    raw: bytes

    @property
    def head(self) -> TreeHead:
        """The size and root of its tree."""
        return Checkpoint.parse(Note.parse(self.raw).text).head


class Alarm(NamedTuple):
    """A state that needs a person: `kind` is stopped, fork, refused or away."""

    source: str
    kind: str
    reason: str


class PublicLog:
    """The log of one origin.

    Args:
        url: the database as the role `pencere_reader`.
        origin: the log's name.
        connections: how many queries may run at the same time.
        patience: seconds for which a query is repeated while the database is away.

    Raises:
        LedgerUnavailableError: by any method, when the database did not answer in time.
        DamagedTilesError: by any method that makes a proof, when tiles are missing.
    """

    def __init__(self, url: str, origin: str, *, connections: int = 2, patience: float = 30) -> None:
        self._reader = Reader(url, connections=connections, patience=patience)
        self._origin = origin

    async def __aenter__(self) -> Self:
        await self._reader.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.close()

    async def vkey(self) -> str | None:
        """Return the key that signs the log; None before anything was signed."""
        rows = await self._reader.fetch(_VKEY, [self._origin])
        return rows[0][0] if rows else None

    async def latest(self) -> Published | None:
        """Return the last checkpoint; None when there is none yet."""
        rows = await self._reader.fetch(_LATEST, [self._origin])
        return Published(*rows[0]) if rows else None

    async def checkpoints(self, after: int, limit: int) -> list[Published]:
        """Return the checkpoints of trees larger than a size, the smallest first, up to a limit."""
        return [Published(*row) for row in await self._reader.fetch(_AFTER, [self._origin, after, limit])]

    async def covering(self, position: int, *, within: float = 0) -> Published | None:
        """Return the first checkpoint that covers a position.

        Args:
            position: of the event.
            within: seconds to ask and wait for one; when they are over, the method returns None.
        """

        async def look() -> Published | None:
            return next(iter(await self.checkpoints(position - 1, 1)), None)

        return await self._made(look, "", within)

    async def of_size(self, size: int) -> Published | None:
        """Return the checkpoint of the tree of a size."""
        rows = await self._reader.fetch(_OF_SIZE, [self._origin, size])
        return Published(*rows[0]) if rows else None

    async def stated(self, case_id: UUID, size: int, *, within: float) -> bytes | None:
        """Return the signed head statement of a case in a published tree that has at least this size.

        Args:
            case_id: the case.
            size: the smallest size of the tree.
            within: seconds to ask and wait for one; when they are over, the method returns None.
        """

        async def look() -> bytes | None:
            rows = await self._reader.fetch(_STATED, [self._origin, case_id, size])
            return rows[0][0] if rows else None

        return await self._made(look, question_about(case_id), within)

    async def served(self, tile: Tile) -> bytes | None:
        """Return a tile or bundle as it is served; None when no checkpoint covers it."""
        rows = await self._reader.fetch(_SIZE, [self._origin])
        if not rows or width_of(tile.level, tile.number, rows[0][0]) < tile.width:
            return None
        content = (await self.contents([tile]))[tile]
        return bundle_of(content) if tile.level == ENTRIES else content

    async def contents(self, tiles: Iterable[Tile]) -> Mapping[Tile, bytes]:
        """Return the content of these tiles: hashes, or entries without their lengths."""
        wanted = list(tiles)
        rows = await self._reader.fetch(TILES, wanted_columns(wanted))
        found = {Tile(*place): content for *place, content in rows}
        if any(len(found.get(tile, b"")) != tile.width * HASH for tile in wanted):
            raise DamagedTilesError
        return found

    async def entry(self, position: int) -> bytes:
        """Return the entry of an event as it was logged."""
        number, place = divmod(position - 1, WIDTH)
        wanted = Tile(ENTRIES, number, place + 1)
        return (await self.contents([wanted]))[wanted][-HASH:]

    async def leaf(self, position: int) -> bytes:
        """Return the leaf of an event as it was logged."""
        return leaf_hash(await self.entry(position))

    async def root(self, size: int) -> bytes:
        """Return the root that the tree had at a size."""
        return (await self._hashes([Stretch(0, size)], size))[0]

    async def inclusion(self, position: int, size: int) -> list[bytes]:
        """Return the proof that the event at a position is in the tree of a size; its index is `position - 1`."""
        return await self._hashes(inclusion_path(position - 1, size), size)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of the new size extends the one of the old size."""
        return await self._hashes(consistency_path(old, new), new)

    async def witnesses(self) -> dict[str, int]:
        """Return the size of the last tree that each witness has cosigned."""
        return dict(await self._reader.fetch(_WITNESSES, [self._origin]))

    async def alarms(self) -> list[Alarm]:
        """Return the alarms, which need a person."""
        return [Alarm(*row) for row in await self._reader.fetch(_ALARMS, [self._origin])]

    async def _hashes(self, stretches: Sequence[Stretch], size: int) -> list[bytes]:
        contents = await self.contents(tiles_for(stretches, size))
        return [hash_of(stretch, size, contents) for stretch in stretches]

    async def _made(self, look: Callable[[], Awaitable[Found | None]], question: str, within: float) -> Found | None:
        """Return what a query finds; while it finds nothing, ask the log's keeper to make it, and try again."""
        loop = asyncio.get_running_loop()
        ask_at = loop.time()
        give_up_at = ask_at + within
        while (found := await look()) is None:
            if loop.time() >= give_up_at:  # the clock may stand still between two looks
                return None
            if loop.time() >= ask_at:  # asked repeatedly: the keeper that heard it may have died since
                await self._reader.fetch(_NOTIFY, [CHANNEL, question])
                ask_at = loop.time() + _ASK_AGAIN
            await asyncio.sleep(_LOOK_AGAIN)  # between two looks
        return found
