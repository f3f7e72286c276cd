"""The long proof: hundreds of faults at random moments, in random order, from a seed that is printed.

    PENCERE_FAULTS=400 PENCERE_SEED=... ./check --slow tests/faults/test_many_faults.py

causes as many faults, with another seed or the same one.
"""

import asyncio
import os
from collections import Counter
from random import SystemRandom

import pytest

from ledger.embedded.scratch import scratch_database
from tests.faults.rows import FAULTS, Fault
from tests.faults.test_faults import broken_by
from tests.faults.world import World, check, servers

_BETWEEN_CHECKS = 10


@pytest.mark.slow
@pytest.mark.timeout(3 * 3600)
def test_hundreds_of_faults_at_random_moments_lose_nothing_and_do_nothing_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = int(os.environ.get("PENCERE_FAULTS", "200"))
    seed = os.environ.get("PENCERE_SEED") or f"{SystemRandom().getrandbits(64):x}"
    done: Counter[str] = Counter()
    acknowledged = 0
    with servers() as postgres, scratch_database(postgres.data) as scratch, World(postgres, scratch, seed) as world:
        while world.faults < wanted:
            faults: list[Fault] = world.random.choices(FAULTS, k=min(_BETWEEN_CHECKS, wanted - world.faults))
            with capsys.disabled():
                print(f"\nseed {seed}: {world.faults} faults so far; next {', '.join(one.__name__ for one in faults)}")
            asyncio.run(broken_by(world, *faults))
            verdict = check(world)
            done.update(fault.__name__ for fault in faults)
            acknowledged += verdict.acknowledged
    with capsys.disabled():
        print(
            f"\nseed {seed}: {world.faults} faults, {world.kills} kills, {acknowledged} acknowledged, lost 0, twice 0"
        )
        for name, count in sorted(done.items()):
            print(f"  {count:4} {name}")

    assert sum(done.values()) == wanted
