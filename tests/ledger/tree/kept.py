"""A log with a keeper: events come in, the keeper signs, and in the end other people's programs check everything."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # ships no types
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.edge import RightEdge
from ledger.public_log.keeping import KeptLog, signer_of
from ledger.public_log.session import LogSession
from ledger.public_log.signer import FileLogSigner
from ledger.store.entries import COLUMNS, StoredEntry
from ledger.store.entry_hash import entry_of
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_events, new_stream

ORIGIN = "window.example/log"
EVENTS = f"SELECT {COLUMNS} FROM ledger.events e ORDER BY position"


class Place(NamedTuple):
    """The database, by role, and the folder of the key."""

    writer: str
    projector: str
    reader: str
    owner: str
    folder: Path


def append(place: Place, count: int) -> int:
    """Append so many events; return the last position."""

    async def appended() -> int:
        async with Ledger(place.writer) as ledger:
            for start in range(0, count, 500):
                await ledger.append(new_events(new_stream(), 1, min(500, count - start)))
            return await ledger.head()

    return asyncio.run(appended())


@contextmanager
def elected(place: Place) -> Iterator[LogSession]:
    """A session that is elected to keep the log."""
    with LogSession(place.projector) as session:
        give_up_at = time.monotonic() + 20
        while not session.elect():  # the server takes some time to notice that the last keeper has gone
            assert time.monotonic() < give_up_at
            time.sleep(0.01)  # between two checks
        yield session


@contextmanager
def keeper(place: Place, origin: str = ORIGIN) -> Iterator[KeptLog]:
    """A log that a new keeper has taken over."""
    with elected(place) as session:
        log = KeptLog(session, signer_of(CheckpointStore(session, origin), place.folder, origin))
        log.begin()
        yield log


def step(log: KeptLog) -> None:
    """Publish what another keeper has left, let the tree grow, sign and publish: one round of a keeper."""
    log.publish({})
    log.grow()
    log.sign()
    log.publish({})


def keep(place: Place, origin: str = ORIGIN) -> int:
    """Keep the log for one round, like a process that runs for a moment; return the signed size."""
    with keeper(place, origin) as log:
        step(log)
        return log.signed.size


def signer_at(place: Place, origin: str = ORIGIN) -> FileLogSigner:
    """Return the signer with the key in that folder."""
    signer = FileLogSigner.open(place.folder, origin)
    assert signer is not None
    return signer


def tiles_in(place: Place) -> dict[tuple[int, int], bytes]:
    """Return the contents of the tiles."""
    with psycopg.connect(place.owner) as owner:
        rows = owner.execute("SELECT level, number, content FROM log.tiles").fetchall()
    return {(level, number): bytes(content) for level, number, content in rows}


def check_log(place: Place, origin: str = ORIGIN) -> list[int]:
    """Check the whole log, from the events on, with programs that we did not write; return the signed sizes."""
    with psycopg.connect(place.owner) as owner:
        events = [StoredEntry(*row) for row in owner.execute(EVENTS).fetchall()]
        notes = owner.execute(
            "SELECT size, note FROM log.checkpoints WHERE origin = %s ORDER BY size", [origin]
        ).fetchall()
        keys = owner.execute("SELECT vkey FROM log.logs WHERE origin = %s", [origin]).fetchall()
    tree, edge, expected = InmemoryTree(algorithm="sha256"), RightEdge(), {}
    for event in events:
        tree.append_entry(entry_of(event))
    for size, note in notes:
        said = TheirCheckpoint.from_text(bytes(note).decode())
        said.verify(Vkey.from_string(keys[0][0]))
        assert (said.origin, said.size) == (origin, size)
        assert said.root_hash == tree.get_root(size), size
    largest = notes[-1][0]
    for level, number, content in edge.grow(b"".join(entry_of(event) for event in events[:largest])):
        expected[level, number] = content
    stored = tiles_in(place)

    assert len(keys) == 1
    assert {at: content[: len(expected[at])] for at, content in stored.items() if at in expected} == expected
    assert signer_at(place, origin).last()[1] == bytes(notes[-1][1]), "what was signed last is published"
    return [size for size, _ in notes]


def place_in(postgres: EmbeddedPostgres, database: str, folder: Path) -> Place:
    """Return the database by role, and a folder for the log's key."""
    return Place(
        writer=postgres.ledger_url("pencere_writer", database),
        projector=postgres.ledger_url("pencere_projector", database),
        reader=postgres.ledger_url("pencere_reader", database),
        owner=postgres.ledger_url("pencere_owner", database),
        folder=folder / "log-key",
    )


async def head_of(url: str) -> int:
    """Return the last position."""
    async with Ledger(url) as ledger:
        return await ledger.head()
