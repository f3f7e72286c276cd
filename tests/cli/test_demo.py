"""The demonstration is loaded once, even if several processes start at the same time."""

import asyncio
from pathlib import Path

from api.development_issuer import ISSUER
from cli.demo import load_demo
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import RunningWindow, fresh_databases


def test_of_two_that_start_at_once_one_loads_the_demonstration(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with fresh_databases(postgres, "demo") as where, RunningWindow(where, tmp_path) as running:

        async def both() -> list[bool]:
            return await asyncio.gather(*(load_demo(running._window, ISSUER) for _ in range(2)))

        loaded = asyncio.run_coroutine_threadsafe(both(), running._loop).result(60)

    assert sorted(loaded) == [False, True]
