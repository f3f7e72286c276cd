"""The audit of the whole ledger, compared with plain SHA-256 over the same bytes."""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from bench.commands import said_by
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.rebuilding import filled
from cli.databases import Databases
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.keeping import KeptLog, signer_of
from ledger.public_log.session import LogSession

_ORIGIN: Final = "bench.example/log"
_EVENTS: Final = """
COPY (SELECT salt || uuid_send(stream) || int8send(version) || int4send(length(convert_to(topic, 'UTF8')))
             || convert_to(topic, 'UTF8') || int8send(recorded_at) || open || sealed
        FROM ledger.events ORDER BY position) TO STDOUT (FORMAT binary)
"""


@contextmanager
def against_sha256(ground: Ground) -> Iterator[Contest]:
    """Compare with hashing bytes in memory, one digest an event, on one core."""
    with ground.fresh() as place:
        peer = Contender("SHA-256 of the same bytes, one core", partial(_hashed, place, read=False))
        tree = Contender("audit verify, bytes and tree alone", partial(_verified, place, "tree"))
        read = Contender("COPY out and SHA-256", partial(_hashed, place, read=True))
        yield Contest(Contender("audit verify", partial(_verified, place, "all")), peer, (tree, read))


def _verified(place: Databases, part: str, seconds: float) -> Measured:
    _signed(place, seconds)
    said = said_by("bench.one_verify", place.reader, part)
    if said["findings"]:
        raise RuntimeError(said)
    return Measured(said["events"] / said["seconds"], note=f"{said['events']:,} events, {said['megabytes']} MB at most")


def _hashed(place: Databases, seconds: float, *, read: bool) -> Measured:
    return hashed(place, _signed(place, seconds), read=read)


def hashed(place: Databases, events: int, *, read: bool) -> Measured:
    """Return how fast the ledger's events are hashed one by one: while they are read, or from memory."""
    began = time.perf_counter()
    rows = []
    with psycopg.connect(place.reader) as reader, reader.cursor().copy(_EVENTS.encode()) as copy:
        copy.set_types(["bytea"])
        if read:
            for (row,) in copy.rows():
                hashlib.sha256(row).digest()
        else:
            rows = [row for (row,) in copy.rows()]
    if not read:
        began = time.perf_counter()
        for row in rows:
            hashlib.sha256(row).digest()
    took = time.perf_counter() - began
    size = sum(map(len, rows))
    return Measured(events / took, note="" if read else f"{size / took / 1e6:,.0f} MB/s")


def _signed(place: Databases, seconds: float) -> int:
    """Fill the ledger and have it signed, if that is not done yet; return its last position."""
    events = filled(place, seconds)
    with tempfile.TemporaryDirectory() as folder, LogSession(place.projector) as session:
        checkpoints = CheckpointStore(session, _ORIGIN)
        if checkpoints.registered() is None and session.elect():
            log = KeptLog(session, signer_of(checkpoints, Path(folder), _ORIGIN))
            log.begin()
            while not log.grow():
                pass
            log.sign()
            log.publish({})
    return events
