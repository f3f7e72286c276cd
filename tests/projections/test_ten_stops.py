"""The live projector is killed at ten random positions. Each view then equals a replay, one event at a time."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from random import Random

import psycopg

from projections.folding import folding, statements_of
from projections.folds import ALL_VIEWS
from projections.pipeline import connect, entries_between
from projections.recorded import Batch
from projections.view import View
from tests.api.running import Where
from tests.cli.running import ROOT
from tests.projections.lives import Country, append
from tests.projections.rows import empty, rows_of
from tests.projections.strikes import sessions

STOPS, EVENTS = 10, 30
RUNNER = "pencere projector"


def digest_of(where: Where, view: View) -> str:
    """Return a digest of all rows of a view, independent of their order on disk."""
    found = hashlib.sha256()
    for table, rows in sorted(rows_of(where.reader, [view]).items()):
        if not table.endswith(".tracking"):
            found.update(repr((table, sorted(map(repr, rows.elements())))).encode())
    return found.hexdigest()


def positions(where: Where) -> Mapping[str, int]:
    """Return the position of each view."""
    with psycopg.connect(where.reader) as reader:
        return {
            view.name: reader.execute(f'SELECT position FROM "{view.name}".tracking'.encode()).fetchall()[0][0]
            for view in ALL_VIEWS
        }


def run_and_kill(where: Where, batch: int, beyond: int) -> None:
    """Let a process fold until all views are beyond a position, kill it, and wait until its sessions are gone."""
    command = [sys.executable, "-m", "tests.projections.projecting", where.projector, str(batch)]
    give_up_at = time.monotonic() + 60
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
        while min(positions(where).values()) <= beyond:
            assert time.monotonic() < give_up_at
            assert process.poll() is None
            time.sleep(0.002)  # between two checks
        process.kill()
    while sessions(where.projector, RUNNER):
        assert time.monotonic() < give_up_at
        time.sleep(0.002)  # between two checks


def replayed(where: Where, view: View, stops: list[int]) -> list[str]:
    """Fold a view from position 1, one event at a time; return its digest at each of these positions."""
    statements, found, at = statements_of([view]), list[str](), 0
    with connect(where.projector, "replay") as connection:
        for stop in stops:
            for entries in entries_between(connection, at, stop, 1):
                with connection.transaction():
                    asking = folding(view, Batch.of(entries), statements)
                    ask = next(asking, None)
                    while ask is not None:
                        cursor = connection.execute(ask.statement, ask.parameters, prepare=True, binary=True)
                        try:
                            ask = asking.send(cursor.fetchall() if ask.returns_rows else ())
                        except StopIteration:
                            ask = None
            at = stop
            found.append(digest_of(where, view))
    return found


def test_killed_at_ten_random_positions_every_view_is_its_replay_at_each(where: Where) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # shown when the test fails
    random, country = Random(seed), Country(seed)
    kept: dict[str, list[tuple[int, str]]] = {view.name: [] for view in ALL_VIEWS}
    for _ in range(STOPS):
        before = min(positions(where).values())
        last = asyncio.run(append(where.writer, country.live(EVENTS), random.randrange(1, 20)))
        run_and_kill(where, random.randrange(1, 40), random.randrange(before, last))
        stands = positions(where)
        for view in ALL_VIEWS:
            kept[view.name].append((stands[view.name], digest_of(where, view)))
    empty(where.projector)
    replays = {view.name: replayed(where, view, [at for at, _ in kept[view.name]]) for view in ALL_VIEWS}

    assert len({digest for _, digest in kept["case_history"]}) > STOPS // 2, "it stopped at many places"
    assert replays == {name: [digest for _, digest in stops] for name, stops in kept.items()}
