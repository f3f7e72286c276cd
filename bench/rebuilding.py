"""Rebuild of all views, compared with the package's ProjectionRunner and with only reading and parsing the events."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench.commands import said_by
from bench.figures import Contender, Contest, Measured
from bench.filler.copying import fill
from bench.ground import Ground
from bench.peers.projection_runner import measure_runner
from cli.databases import Databases
from ledger.embedded.scratch import scratch_database
from ledger.store.entries import StoredEntry
from projections.folds import ALL_VIEWS
from projections.positions import standings_query
from projections.recorded import recorded

_A_SECOND: Final = 40_000  # events to fill for each second that a measurement may take
_FIELDS = "position, stream, version, recorded_at, topic, salt, open, sealed"
_COPY = f"COPY (SELECT {_FIELDS} FROM ledger.events ORDER BY position) TO STDOUT (FORMAT binary)"  # noqa: S608 - our own names
_TYPES = ("int8", "uuid", "int8", "int8", "text", "bytea", "bytea", "bytea")


@contextmanager
def against_the_runner(ground: Ground) -> Iterator[Contest]:
    """Compare with the eventsourcing package's runner, with the same folds and one event a transaction."""
    with ground.fresh() as place:
        _without_waiting(place)
        runner = Contender("ProjectionRunner, same folds", lambda seconds: measure_runner(place, seconds))
        yield Contest(_ours(place), runner)


@contextmanager
def against_copy(ground: Ground) -> Iterator[Contest]:
    """Compare with COPY to this process and parsing there, as folds need it; nothing is folded or written."""
    with ground.fresh() as place:
        _without_waiting(place)
        copied = Contender("COPY out and decode", partial(_copied, place, decode=True))
        yield Contest(_ours(place), copied, (Contender("COPY out alone", partial(_copied, place, decode=False)),))


@contextmanager
def against_rebuild(ground: Ground) -> Iterator[Contest]:
    """Compare `audit replay`, which folds each event alone and compares every row, with a rebuild of the same views."""
    with ground.fresh() as place, tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        _without_waiting(place)
        Path(folder).chmod(0o711)
        yield Contest(Contender("audit replay of all views", partial(_replayed, place, Path(folder))), _ours(place))


def _replayed(place: Databases, folder: Path, seconds: float) -> Measured:
    if filled(place, seconds) and not _is_folded(place):
        said_by("bench.one_rebuild", place.owner)
    with scratch_database(folder) as scratch:
        said = said_by("bench.one_replay", place.reader, scratch)
    if said["differences"]:
        raise RuntimeError(said)
    note = f"{said['position']:,} events, {said['megabytes']} MB at most"
    return Measured(said["position"] / said["seconds"], note=note)


def _is_folded(place: Databases) -> bool:
    with psycopg.connect(place.reader) as reader:
        head = reader.execute("SELECT position FROM ledger.head").fetchone()
        lowest = min(row[1] for row in reader.execute(standings_query(ALL_VIEWS).encode()).fetchall())
    return head == (lowest,)


def _ours(place: Databases) -> Contender:
    def measure(seconds: float) -> Measured:
        filled(place, seconds)
        said = said_by("bench.one_rebuild", place.owner)
        note = f"{said['position']:,} events, {said['megabytes']} MB at most"
        return Measured(said["position"] / said["seconds"], note=note)

    return Contender("rebuild of all views", measure)


def filled(place: Databases, seconds: float, a_second: int = _A_SECOND) -> int:
    """Fill the ledger if it is empty; return its last position."""
    with psycopg.connect(place.owner) as owner:
        [(position,)] = owner.execute("SELECT position FROM ledger.head").fetchall()
    if position == 0:
        position = int(seconds * a_second)
        fill(place.owner, position)
    return int(position)


def _copied(place: Databases, seconds: float, *, decode: bool) -> Measured:
    events = filled(place, seconds)
    began = time.perf_counter()
    with psycopg.connect(place.reader) as reader, reader.cursor().copy(_COPY.encode()) as copy:
        copy.set_types(_TYPES)
        if decode:
            for row in copy.rows():
                recorded(StoredEntry(*row))
        else:
            for _ in copy:
                pass
    return Measured(events / (time.perf_counter() - began))


def _without_waiting(place: Databases) -> None:
    """Let commits in this database not wait for the disk: a rebuild does not either, so the comparison is fair."""
    name = sql.Identifier(str(conninfo_to_dict(place.owner)["dbname"]))
    with psycopg.connect(place.owner, autocommit=True) as owner:
        owner.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
