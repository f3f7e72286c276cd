"""A ledger with many events, and what its auditor keeps: key, checkpoints, tiles. Tests change it, then repair it."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson
import psycopg

from application.verifying.ledger import LedgerChecked, check_ledger
from application.verifying.workers import here
from domain.case.clock_events import GrantedBySilence
from ledger.audit.kept import keep, latest
from ledger.audit.session import ReadingSession
from ledger.audit.tile_sources import FolderTiles, ServedTiles
from ledger.audit.whole import Against
from ledger.public_log.files import publish_files
from ledger.public_log.note import VerifierKey
from ledger.public_log.public_log import PublicLog
from ledger.store.entries import NewEvent, StoredEntry
from tests.ledger.tree.kept import ORIGIN, Place, keeper, signer_at, step
from tests.projections.lives import Country, append

_TABLES = ("ledger.events", "ledger.head", "log.tiles", "log.checkpoints", "log.logs")
_CONSTRAINTS = {
    "events_pkey": "PRIMARY KEY (position)",
    "events_stream_version": "UNIQUE (stream, version)",
    "events_salt_check": "CHECK (octet_length(salt) = 32)",
    "events_version_check": "CHECK (version >= 0)",
}
Settings = dict[str, str]


class Held(NamedTuple):
    """The ledger's databases, and what the auditor holds.

    `signed` has the signed sizes; `last` is the ledger's last position, some events after the last signed one.
    """

    place: Place
    admin: str
    key: VerifierKey
    folder: Path
    signed: Sequence[int]
    last: int

    @property
    def kept(self) -> Path:
        """The folder of kept checkpoints."""
        return self.folder / "kept"

    @property
    def tiles(self) -> Path:
        """The folder of kept tiles."""
        return self.folder / "tiles"

    def finds(self, *, tiles: bool = True, statements: Sequence[Path] = ()) -> LedgerChecked:
        """Verify as an auditor who has kept the tiles, or who has not."""
        source: FolderTiles | ServedTiles | None = FolderTiles(self.tiles) if tiles else None
        against = Against(self.key, (self.kept,), source, tuple(statements))
        return check_ledger(self.place.reader, against, here, lambda _done, _total: None)

    @contextmanager
    def tampered(self, *statements: str) -> Iterator[None]:
        """Change the database as its superuser during the block, and restore it afterwards."""
        with psycopg.connect(self.admin) as admin:
            admin.execute("SET session_replication_role = replica")  # no constraint can stop a superuser
            for statement in statements:
                done = admin.execute(statement.encode())
                assert done.rowcount, statement
        try:
            yield
        finally:
            self.mend()

    def mend(self) -> None:
        """Restore everything."""
        with psycopg.connect(self.admin) as admin:
            admin.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            for table in _TABLES:
                admin.execute(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved.{table.replace('.', '_')}")
            constraints = "SELECT conname FROM pg_constraint WHERE conrelid = 'ledger.events'::regclass"
            there = {name for (name,) in admin.execute(constraints)}
            for name in _CONSTRAINTS.keys() - there:
                admin.execute(f"ALTER TABLE ledger.events ADD CONSTRAINT {name} {_CONSTRAINTS[name]}".encode())
            for column in StoredEntry._fields:
                admin.execute(f"ALTER TABLE ledger.events ALTER COLUMN {column} SET NOT NULL".encode())

    def vacuum(self) -> None:
        """Vacuum the dead rows of a hundred changes."""
        with psycopg.connect(self.admin, autocommit=True) as admin:
            admin.execute(f"VACUUM {', '.join(_TABLES)}".encode())


def lived(seed: int, moves: int) -> list[NewEvent]:
    """Return events of a country, without subscriptions that name services before these exist."""
    return without_early_subscriptions(Country(seed).live(moves))


def without_early_subscriptions(events: Sequence[NewEvent]) -> list[NewEvent]:
    """Return the events, but none of subscriptions that name services."""
    asked = [event for event in events if event.topic == "subscription.asked"]
    early = {event.stream for event in asked if json.loads(event.open)["data"]["services"] is not None}
    positions = list(accumulate((event.stream not in early for event in events), initial=0))
    return [_moved(event, positions) for event in events if event.stream not in early]


def _moved(event: NewEvent, positions: Sequence[int]) -> NewEvent:
    """Return the event with the position up to which it has looked, if it has, where that is now."""
    if event.topic != GrantedBySilence.topic:
        return event
    document = orjson.loads(event.open)
    document["data"]["looked_up_to"] = positions[document["data"]["looked_up_to"]]
    return event._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def hold(
    place: Place, admin: str, folder: Path, seed: int, moves: int, *, signings: int = 4, tiles: bool = True
) -> Held:
    """Let a country live in a ledger that is signed now and then, with an auditor who keeps what is published."""
    events = lived(seed, moves)
    random = Random(seed)
    last = len(events) - min(5, len(events) - 1)
    cuts = sorted({0, *random.sample(range(1, last), min(signings, last) - 1), last})
    signed = []
    for first, last in pairwise(cuts):
        asyncio.run(append(place.writer, events[first:last], 20))
        with keeper(place) as log:
            step(log)
            signed.append(log.signed.size)
        with ReadingSession(place.reader) as session:
            present = latest(session, signer_at(place).vkey)
        assert present is not None
        keep(folder / "kept", present[1], present[0])
    if tiles:
        asyncio.run(_publish(place.reader, folder / "tiles"))
    if events[last:]:
        asyncio.run(append(place.writer, events[last:], 20))
    with psycopg.connect(admin) as owner:
        owner.execute("CREATE SCHEMA saved")
        for table in _TABLES:
            owner.execute(f"CREATE TABLE saved.{table.replace('.', '_')} AS SELECT * FROM {table}")
    return Held(place, admin, signer_at(place).vkey, folder, signed, len(events))


async def _publish(url: str, folder: Path) -> None:
    async with PublicLog(url, ORIGIN) as log:
        await publish_files(log, folder, lambda _done, _total: None)
