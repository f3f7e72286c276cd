"""The long proofs: of a thousand tamperings none is missed, and a thousand honest histories raise no false alarm."""

import json
import secrets
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import psycopg
import pytest

from ledger.audit.findings import Finding
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.ledger.tree.kept import place_in
from tests.verifying.held import Held, hold
from tests.verifying.tamperings import EVENTS, TILES, Tampering

TAMPERINGS = HISTORIES = 1000
_EMPTY = """
SET session_replication_role = replica;
TRUNCATE ledger.events, log.tiles, log.checkpoints, log.logs CASCADE;
UPDATE ledger.head SET position = 0, recorded_at = 0;
DROP SCHEMA IF EXISTS saved CASCADE
"""


def drawn(random: Random, held: Held) -> tuple[str, Tampering]:
    """Return a random tampering with what is signed."""
    kind = random.choice([*EVENTS, *TILES])
    return kind, {**EVENTS, **TILES}[kind](random, held.signed[-1], held.last)


def _is_about_events(finding: Finding) -> bool:
    """Return whether a finding is about events, not about missing tiles or checkpoints."""
    return finding.check not in {"tile", "checkpoint"}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_of_a_thousand_random_tamperings_none_is_missed_and_each_is_located(held: Held) -> None:
    seed = secrets.randbits(32)
    random, done, missed, elsewhere = Random(seed), Counter[str](), list[str](), list[str]()
    alone = 0
    print(f"seed {seed}")
    for number in range(1, TAMPERINGS + 1):
        kind, tampering = drawn(random, held)
        with held.tampered(*tampering.statements):
            found = held.finds().findings
        if number % 4 == 0 and kind in EVENTS:
            # Only checkpoints are left: they show that something was changed, but not where.
            alone += 1
            with held.tampered(*tampering.statements, "DELETE FROM log.tiles", "DELETE FROM log.checkpoints"):
                found = found if any(_is_about_events(each) for each in held.finds(tiles=False).findings) else []
        done[kind] += 1
        if not found:
            missed.append(f"{number}: {tampering}")
        elif found[0].position != tampering.at or found[0].check not in tampering.checks:
            elsewhere.append(f"{number}: {tampering} but {found[:3]}")
        if number % 50 == 0:
            held.vacuum()
            print(f"{number} done, {len(missed)} missed", flush=True)
    print(f"{done.total()} tamperings, {len(missed)} missed, {len(elsewhere)} not located; {alone} without tiles, too")
    print(json.dumps(done))

    assert missed == []
    assert elsewhere == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_of_a_thousand_honest_histories_none_is_accused(
    postgres: EmbeddedPostgres, ledger_database: str, tmp_path: Path
) -> None:
    seed = secrets.randbits(32)
    random, events, accused = Random(seed), 0, list[str]()
    print(f"seed {seed}")
    admin = postgres.ledger_url(ADMIN, ledger_database)
    for number in range(1, HISTORIES + 1):
        folder = tmp_path / "auditor"
        seed_of_one, moves = random.getrandbits(32), random.choice((40, 80, 160, 320, 600))
        with psycopg.connect(admin, autocommit=True) as owner:
            owner.execute(_EMPTY.encode())
        place = place_in(postgres, ledger_database, folder)
        tiles, signings = number % 2 == 0, random.randint(1, 6)
        held = hold(place, admin, folder, seed=seed_of_one, moves=moves, signings=signings, tiles=tiles)
        checked = held.finds(tiles=tiles)
        events += checked.tree.events
        if checked.findings:
            accused.append(f"{number}, seed {seed_of_one}, {moves} moves: {checked.findings[:3]}")
        shutil.rmtree(folder)
        if number % 50 == 0:
            print(f"{number} done, {len(accused)} accused", flush=True)
    print(f"{HISTORIES} histories of {events} events, {len(accused)} accused")

    assert accused == []
