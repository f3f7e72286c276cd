"""The public log: how fast its tree grows, how soon an event is covered, how much it slows down appends."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from application.event_loop import run
from application.settings import MADE_UP_ORIGIN
from bench.append import CALLERS, append_together
from bench.callers import WARM_UP
from bench.figures import Contender, Contest, Measured, measured
from bench.ground import Ground, without_credentials
from bench.parts import Author
from bench.rebuilding import filled
from bench.servers import ROOT
from bench.verifying import hashed
from cli.databases import Databases
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.edge import RightEdge
from ledger.public_log.growing import AT_ONCE
from ledger.public_log.keeping import KeptLog, signer_of
from ledger.public_log.public_log import PublicLog
from ledger.public_log.session import LogSession
from ledger.public_log.tile_store import TileStore
from ledger.public_log.tiles import tiles_of
from ledger.store.ledger import Ledger

_WHO_WAIT: Final = 8
_LONGEST: Final = 60.0
_LOOK_AGAIN: Final = 0.02
_SIZE: Final = "SELECT max(size) FROM log.checkpoints"
_HEAD: Final = "SELECT position FROM ledger.head"


@contextmanager
def against_sha256(ground: Ground) -> Iterator[Contest]:
    """Compare building the tree of a whole ledger, from reading to the checkpoint, with hashing its bytes in memory."""
    with ground.fresh() as place:
        peer = Contender("SHA-256 of the same bytes, one core", partial(_hashed, place))
        alone = Contender("the tree alone, entries in memory", partial(_grown_in_memory, place))
        yield Contest(Contender("tiles of a ledger, signed", partial(_grown, place)), peer, (alone,))


@contextmanager
def against_no_log(ground: Ground) -> Iterator[Contest]:
    """Compare appends while a separate process keeps the log with appends while none does."""

    def measure(seconds: float, *, with_log: bool) -> Measured:
        with ground.fresh() as place:
            if not with_log:
                return run(append_together(place.writer, CALLERS, seconds))
            with _keeping(ground, place):
                figures = run(append_together(place.writer, CALLERS, seconds))
                covered, head = _number(place, _SIZE), _number(place, _HEAD)
            return figures._replace(note=f"{covered:,} of {head:,} events were covered when the last was appended")

    ours = Contender("append while the log is kept", partial(measure, with_log=True))
    yield Contest(ours, Contender("append without a log", partial(measure, with_log=False)))


@contextmanager
def against_the_schedule(ground: Ground) -> Iterator[Contest]:
    """Compare checkpoints that are asked for, as for a receipt, with those that come by themselves."""
    with ground.fresh() as place, _keeping(ground, place):

        def measure(seconds: float, *, asks: bool) -> Measured:
            return run(_covered(place, seconds, asks=asks))

        ours = Contender("commit to checkpoint, asked for", partial(measure, asks=True))
        yield Contest(ours, Contender("not asked for, every second", partial(measure, asks=False)))


def _grown(place: Databases, seconds: float) -> Measured:
    """Build the whole tree again, in the database, and have it signed."""
    events = filled(place, seconds)
    with psycopg.connect(place.owner) as owner:
        owner.execute("TRUNCATE log.logs, log.tiles CASCADE")
    with tempfile.TemporaryDirectory() as folder, LogSession(place.projector) as session:
        while not session.elect():
            time.sleep(_LOOK_AGAIN)  # until the server has noticed that the last keeper has gone
        log = KeptLog(session, signer_of(CheckpointStore(session, MADE_UP_ORIGIN), Path(folder), MADE_UP_ORIGIN))
        log.begin()
        log.publish({})
        began = time.perf_counter()
        log.grow()
        log.sign()
        log.publish({})
        return _in_tiles(events, events / (time.perf_counter() - began))


def _grown_in_memory(place: Databases, seconds: float) -> Measured:
    """Build the whole tree from entries in memory; nothing is read or stored."""
    events = filled(place, seconds)
    with LogSession(place.projector) as session:
        store = TileStore(session)
        pieces = [store.entries(after, min(AT_ONCE, events - after)) for after in range(0, events, AT_ONCE)]
    edge = RightEdge()
    began = time.perf_counter()
    for entries in pieces:
        for _ in edge.grow(entries):
            pass
    edge.root()
    return _in_tiles(events, events / (time.perf_counter() - began))


def _hashed(place: Databases, seconds: float) -> Measured:
    events = filled(place, seconds)
    return _in_tiles(events, hashed(place, events, read=False).rate)


def _in_tiles(events: int, rate: float) -> Measured:
    tiles = sum(1 for _ in tiles_of(events))
    return Measured(
        rate * tiles / events, note=f"{tiles:,} tiles and bundles of {events:,} events, {rate:,.0f} events/s"
    )


async def _covered(place: Databases, seconds: float, *, asks: bool) -> Measured:
    """Return how long after its commit an event is covered, for callers that append and then wait for that."""
    latencies: list[float] = []
    async with Ledger(place.writer) as ledger, PublicLog(place.reader, MADE_UP_ORIGIN) as log:

        async def call(end: float) -> None:
            author = Author()
            while time.perf_counter() < end:
                appended = await ledger.append([author.next_event()])
                committed = time.perf_counter()
                await _is_covered(log, appended.position, asks=asks)
                latencies.append(time.perf_counter() - committed)

        await call(time.perf_counter() + WARM_UP * seconds)
        latencies.clear()
        began = time.perf_counter()
        await asyncio.gather(*(call(began + seconds) for _ in range(_WHO_WAIT)))
        return measured(latencies, time.perf_counter() - began)


async def _is_covered(log: PublicLog, position: int, *, asks: bool) -> None:
    """Return when a published checkpoint covers the position."""
    while True:
        if await log.covering(position, within=_LONGEST if asks else 0) is not None:
            return
        await asyncio.sleep(_LOOK_AGAIN)  # between two looks, as the log itself has it


@contextmanager
def _keeping(ground: Ground, place: Databases) -> Iterator[None]:
    """Keep the log during the block, by a process as `serve` starts it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "PENCERE_DATA": str(ground.embedded.data),
            "DATABASE_URL": without_credentials(place.owner),
            "VAULT_URL": without_credentials(place.vault),
            "PENCERE_LOG_KEY": f"{folder}/log-key",
        }
        command = [sys.executable, "-m", "cli", "log", "keep"]
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}) as process:
            try:
                while _number(place, _SIZE) is None:
                    if process.poll() is not None:
                        raise subprocess.SubprocessError("nobody keeps the log")
                    time.sleep(_LOOK_AGAIN)  # between two looks
                yield
            finally:
                process.terminate()


def _number(place: Databases, statement: str) -> int | None:
    with psycopg.connect(place.owner) as owner:
        row = owner.execute(statement.encode()).fetchone()
    return None if row is None else row[0]
