"""The table of faults. Each is caused in a window in use, and people then go on."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Final, TypeAlias

import psycopg

from application.access.callers import Role
from tests.cli.running import KEEPER, PROJECTOR, REACTIONS
from tests.faults.made_log import made_log
from tests.faults.world import World
from tests.ledger.stopped_processes import postmaster_of, server_stopped, stopped

KEEPER_OF_DRAWS: Final = ("keeper", "own")
_TIMES: Final = 3

Fault: TypeAlias = Callable[[World], Awaitable[None]]


async def the_window_is_killed_while_it_appends(world: World) -> None:
    await world.load.more(world.random.randrange(1, 60))
    await world.processes[0].kill_and_start()
    world.kills += 1


async def the_window_is_killed_while_it_folds(world: World) -> None:
    process = world.processes[0]
    while not await process.is_ready():
        pass
    await process.kill_and_start()  # the views were just behind
    world.kills += 1


async def the_projector_is_killed_while_it_folds(world: World) -> None:
    """`serve` starts a new one by itself."""
    process = world.processes[0]
    while not await process.is_ready():
        pass
    world.kills += process.kill_beside(*PROJECTOR)


async def whoever_requests_draws_is_killed(world: World) -> None:
    """What waits and what is under way stands in the ledger: the next one goes on with it."""
    await _killed_again_and_again(world, *REACTIONS)


async def the_keeper_of_draws_is_killed(world: World) -> None:
    """A link that it has promised to a draw is for no other; the next one reveals the same."""
    await _killed_again_and_again(world, *KEEPER_OF_DRAWS)


async def the_keeper_of_the_log_is_killed(world: World) -> None:
    """No draw is revealed before a checkpoint covers its request, so that draws wait."""
    await _killed_again_and_again(world, *KEEPER)


async def a_rebuild_is_killed(world: World) -> None:
    await _killed_and_run_to_its_end(world, 1.2, "project", "rebuild", "--all")


async def an_import_is_killed(world: World) -> None:
    """After a second run to its end, every trace is there once."""
    traces = 150
    name = f"log-{world.random.getrandbits(40):010x}"
    log = made_log(world.postgres.data.parent / f"{name}.xes", traces, world.random)
    arguments = ("import", "xes", str(log), "--agency", "town", "--service", name)
    await _killed_and_run_to_its_end(world, 1.5, *arguments)
    again = await asyncio.to_thread(world.summary, *arguments)
    _know_the_cases_of(world, name)

    assert (again["submitted"], again["alreadyThere"]) == (0, traces)


async def a_shredding_is_killed(world: World) -> None:
    """After a second run to its end, nothing of the person can be opened, and the others lose nothing."""
    issuer = "https://pencere.invalid/development"
    arguments = ("vault", "erase", "--issuer", issuer, "--yes")
    name = f"erased-{world.random.getrandbits(40):010x}"
    token = world.token(Role.CITIZEN, name)
    cases = await world.load.some_cases(token, 3)
    await _killed_and_run_to_its_end(world, 1.0, *arguments, stdin=f"{name}\n")
    with psycopg.connect(world.postgres.vault_url("pencere_vault")) as vault:
        left = vault.execute("SELECT count(*) FROM vault.keys WHERE case_id = ANY (%s) AND role = 'applicant'", [cases])
        assert left.fetchone() == (0,)
    with psycopg.connect(world.postgres.ledger_url("pencere_reader")) as reader:
        told = reader.execute(
            "SELECT stream::text FROM ledger.events WHERE topic = 'case.subject_erased' AND stream = ANY (%s)", [cases]
        )
        assert sorted(case for (case,) in told.fetchall()) == sorted(cases), "each case is told once"


async def a_rotation_of_keys_is_killed(world: World) -> None:
    await _killed_and_run_to_its_end(world, 1.0, "vault", "rotate")
    await world.load.histories_open()


async def postgres_is_killed(world: World) -> None:
    """The postmaster gets `kill -9`; the window starts it again by itself."""
    os.kill(postmaster_of(world.postgres.ledger), signal.SIGKILL)
    world.kills += 1
    await world.load.more()


async def postgres_is_restarted(world: World) -> None:
    """It gets the signal to stop, ends all sessions and itself; the window starts it again by itself."""
    os.kill(postmaster_of(world.postgres.ledger), signal.SIGINT)
    await world.load.more()


async def a_backend_is_killed(world: World) -> None:
    """The postmaster ends all sessions and recovers."""
    for pid in await _backends(world, "pencere append"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    world.kills += 1
    await world.load.more()


async def postgres_is_out_of_connections(world: World) -> None:
    async with AsyncExitStack() as held:
        url = world.postgres.ledger_url("pencere_reader")
        with suppress(psycopg.OperationalError):
            while True:
                await held.enter_async_context(await psycopg.AsyncConnection.connect(url))
        for pid in await _backends(world, "pencere append"):
            os.kill(pid, signal.SIGTERM)
        with suppress(psycopg.OperationalError):
            await held.enter_async_context(await psycopg.AsyncConnection.connect(url))
    await world.load.more()


async def postgres_answers_slowly(world: World) -> None:
    for _ in range(3):
        for pid in await _backends(world, "pencere append"):
            with stopped([pid]):
                await asyncio.sleep(world.random.uniform(0.05, 0.3))  # this makes it slow
        await world.load.more(10)


async def the_vault_is_away(world: World) -> None:
    """Meanwhile nobody can submit, and nobody gets a false acknowledgement."""
    with server_stopped(world.postgres.vault):
        await world.load.refusals(2)
    await world.load.more()


async def the_clock_is_set_back(world: World) -> None:
    """The last event was recorded an hour in the future, as if the clock had been wrong until now."""
    async with await psycopg.AsyncConnection.connect(world.postgres.ledger_url("pencere_owner")) as owner:
        await owner.execute("UPDATE ledger.head SET recorded_at = recorded_at + 3600000000")
    await world.load.more()


async def one_of_two_windows_is_killed(world: World) -> None:
    async with world.another_process():
        await world.load.more(world.random.randrange(1, 40))
        victim = world.random.choice(world.processes)
        victim.kill()
        world.kills += 1
        await world.load.more(20)
        await victim.start()


FAULTS: list[Fault] = [
    the_window_is_killed_while_it_appends,
    the_window_is_killed_while_it_folds,
    the_projector_is_killed_while_it_folds,
    whoever_requests_draws_is_killed,
    the_keeper_of_draws_is_killed,
    the_keeper_of_the_log_is_killed,
    a_rebuild_is_killed,
    an_import_is_killed,
    a_shredding_is_killed,
    a_rotation_of_keys_is_killed,
    postgres_is_killed,
    postgres_is_restarted,
    a_backend_is_killed,
    postgres_is_out_of_connections,
    postgres_answers_slowly,
    the_vault_is_away,
    the_clock_is_set_back,
    one_of_two_windows_is_killed,
]


async def _killed_again_and_again(world: World, *words: str) -> None:
    """Kill a process beside the window at random moments; the window starts it again by itself."""
    killed = 0
    while killed < _TIMES:
        if done := world.processes[0].kill_beside(*words):
            killed += done
        await world.load.more(world.random.randrange(1, 20))
    world.kills += killed


async def _killed_and_run_to_its_end(world: World, longest: float, *arguments: str, stdin: str = "") -> None:
    """Kill a command at a random moment, then run it again."""
    after = world.random.uniform(0.4, 0.4 + longest)
    await asyncio.to_thread(world.command_killed, *arguments, after=after, stdin=stdin)
    await asyncio.to_thread(world.command, *arguments, stdin=stdin)


def _know_the_cases_of(world: World, service: str) -> None:
    """Give the check the cases that were not submitted by the load."""
    with psycopg.connect(world.postgres.ledger_url("pencere_reader")) as reader:
        rows = reader.execute(
            "SELECT stream::text FROM ledger.events WHERE topic = 'case.submitted'"
            " AND convert_from(open, 'UTF8')::jsonb -> 'data' ->> 'service' = %s",
            [service],
        ).fetchall()
    world.load.cases_before |= {case for (case,) in rows}


async def _backends(world: World, name: str) -> list[int]:
    """Return the server's processes that serve sessions of this name."""
    url = world.postgres.ledger_url("postgres")
    with suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as admin:
            rows = await admin.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name])
            return [int(pid) for (pid,) in await rows.fetchall()]
    return []
