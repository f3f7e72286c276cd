"""PostgreSQL stops with all its processes: refusals come at once, memory does not grow, every caller gets an answer."""

import asyncio
import time
import tracemalloc

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import LedgerBusyError
from ledger.store.entries import Appended
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_stream
from tests.ledger.stopped_processes import server_stopped

FLOOD = 3000


@pytest.mark.parametrize(
    ("most_waiting", "size", "most_bytes"),
    [(50, 256 << 10, 24 << 20), (4096, 1 << 20, 300 << 20)],
    ids=["as many requests as may wait", "as many bytes as may wait"],
)
def test_a_flood_on_a_stopped_server_is_refused_at_once_and_fills_no_memory(
    breakable: EmbeddedPostgres, most_waiting: int, size: int, most_bytes: int
) -> None:
    async def scenario() -> list[asyncio.Task[Appended]]:
        async with Ledger(breakable.ledger_url("pencere_writer"), most_waiting=most_waiting) as ledger:

            async def append() -> Appended:
                return await ledger.append([new_event(new_stream(), 1, opened=bytes(size))])

            await append()
            tracemalloc.start()
            accepted: list[asyncio.Task[Appended]] = []
            with server_stopped(breakable.ledger):
                for _ in range(FLOOD):
                    began = time.monotonic()
                    task = asyncio.create_task(append())
                    await asyncio.sleep(0)
                    if not task.done():
                        accepted.append(task)
                        continue
                    assert isinstance(task.exception(), LedgerBusyError)
                    assert time.monotonic() - began < 1
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert len(accepted) < FLOOD / 10
            assert size * len(accepted) < peak < most_bytes
            await asyncio.gather(*accepted)
            return accepted

    accepted = asyncio.run(scenario())

    positions = sorted(task.result().position for task in accepted)
    assert positions == list(range(positions[0], positions[0] + len(accepted)))
    assert check_ledger(breakable.ledger_url("pencere_owner")) == positions[-1]
