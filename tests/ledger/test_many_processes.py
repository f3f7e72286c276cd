"""The ledger keeps its promises to many processes that conflict, are killed, and are stopped half-way.

A seed chooses victims and moments: PENCERE_SEED, or a random one, which a failure shows.
"""

import json
import os
import secrets
import sys

import pytest

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql.migrate import LEDGER_MIGRATIONS, ensure_database, migrate
from tests.ledger.chaos import TRANSACTION_TIMEOUT, Chaos
from tests.ledger.crew import Crew, Tail, tailing
from tests.ledger.history import History, Verdict, judge
from tests.ledger.journal import CONFLICT, KEY_REUSED, REPEATED, UNAVAILABLE


@pytest.fixture
def seed() -> int:
    """The seed: PENCERE_SEED or a random one; pytest prints it with a failure."""
    chosen = int(os.environ.get("PENCERE_SEED") or secrets.randbelow(1 << 32))
    print(f"PENCERE_SEED={chosen}")
    return chosen


def prove(crew: Crew, verdict: Verdict, tail: Tail) -> None:
    """Check that every promise was kept to every caller."""
    broken = (verdict.lost, verdict.twice, verdict.untrue, verdict.invented)

    assert crew.history.wrong == []
    assert [len(each) for each in broken] == [0, 0, 0, 0], broken
    assert tail.read_to(verdict.events) == verdict.digest, "the reader has seen everything, once, in its order"


def test_eight_processes_append_at_once_and_a_reader_misses_nothing(writer_url: str, owner_url: str, seed: int) -> None:
    with tailing(writer_url) as tail:
        with Crew(writer_url, seed).at_work() as crew:
            crew.more(2000)
        prove(crew, judge(crew.history, owner_url), tail)

    counts = crew.history.counts
    assert min(counts[CONFLICT], counts[KEY_REUSED], counts[REPEATED]) > 100, "they did get into each other's way"
    assert counts[UNAVAILABLE] == 0


def test_writers_are_killed_and_stopped_in_mid_batch_and_nothing_is_lost_or_done_twice(
    writer_url: str, owner_url: str, seed: int
) -> None:
    with tailing(writer_url) as tail:
        with Crew(writer_url, seed).at_work() as crew:
            crew.more(100)
            chaos = Chaos(crew, seed)
            while chaos.done["stopped_in_mid_batch"] < 4:
                chaos.stop(meanwhile=chaos.kill)
            chaos.hold_the_head(writer_url)
            for _ in range(6):
                chaos.kill()
        prove(crew, judge(crew.history, owner_url), tail)

    assert chaos.longest_stall > TRANSACTION_TIMEOUT / 2, "the head was held for a while"


@pytest.fixture
def fresh(breakable: EmbeddedPostgres) -> str:
    """A separate database on the server that the test may break."""
    name = f"pencere_processes_{os.getpid()}"
    admin = breakable.ledger.url(ADMIN, breakable.passwords[ADMIN], "postgres")
    ensure_database(admin, name, breakable.passwords)
    migrate(breakable.ledger_url("pencere_owner", name), LEDGER_MIGRATIONS)
    return name


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_hundreds_of_kills_with_stops_and_power_cuts_lose_nothing_and_do_nothing_twice(
    breakable: EmbeddedPostgres, fresh: str, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """This takes about two minutes, and prints in one line what it has proved."""
    writer_url = breakable.ledger_url("pencere_writer", fresh)

    def power_cut() -> None:
        breakable.ledger.kill()
        breakable.ensure_running()
        chaos.done["power_cuts"] += 1
        crew.more(100)

    with tailing(writer_url) as tail:
        with Crew(writer_url, seed).at_work() as crew:
            crew.more(100)
            chaos = Chaos(crew, seed)
            for _ in range(5):
                for _ in range(10):
                    chaos.stop(meanwhile=chaos.kill)
                    for _ in range(8):
                        chaos.kill()
                chaos.hold_the_head(writer_url)
                power_cut()
                chaos.stop(meanwhile=power_cut)
        verdict = judge(crew.history, breakable.ledger_url("pencere_owner", fresh))
        with capsys.disabled():
            sys.stdout.write(f"\n{json.dumps(_summary(seed, chaos, crew.history, verdict))}\n")
        prove(crew, verdict, tail)


def _summary(seed: int, chaos: Chaos, history: History, verdict: Verdict) -> dict[str, object]:
    return {
        "seed": seed,
        **chaos.done,
        "longest_stall_s": round(chaos.longest_stall, 2),
        "asked": len(history.asked),
        "acknowledged": history.acknowledged(),
        "unknown": len(history.asked) - sum(history.counts.values()),
        "events": verdict.events,
        "lost": len(verdict.lost),
        "twice": len(verdict.twice),
    }
