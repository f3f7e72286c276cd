"""The answer to a commit gets lost: whoever repeats the request gets the first answer."""

import asyncio
from pathlib import Path

from ledger.embedded.scratch import scratch_database
from tests.faults.world import Process, World, check, servers
from tests.ledger.fault_proxy import FaultProxy


def test_a_connection_cut_between_commit_and_answer_does_nothing_twice(tmp_path: Path) -> None:
    async def scenario(world: World) -> int:
        ledger = world.postgres.ledger_url("pencere_writer")
        vault = world.postgres.vault_url("pencere_vault")
        proxy = FaultProxy(ledger, tmp_path)
        async with proxy.running():
            settings = {"DATABASE_URL": proxy.url, "VAULT_URL": vault}
            through_the_proxy = Process(world.postgres.data, **settings)
            await through_the_proxy.start()
            world.processes[0].stop()
            world.processes[0] = through_the_proxy
            async with world.in_use():
                for number in range(30):
                    if number % 2:
                        proxy.lose_next_answer()
                    else:
                        proxy.lose_next_request()
                    await world.load.more(6)
            await asyncio.to_thread(through_the_proxy.stop)
        return proxy.connections

    with servers() as postgres, scratch_database(postgres.data) as scratch, World(postgres, scratch, "cut") as world:
        connections = asyncio.run(scenario(world))
        verdict = check(world)

    assert connections > 30
    assert verdict.acknowledged >= 180
