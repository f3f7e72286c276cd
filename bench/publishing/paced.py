"""`python -m bench.publishing.paced RATE SECONDS`: appends to the ledger of DATABASE_URL at a pace."""

import asyncio
import json
import os
import sys
import time
from typing import Final

from application.event_loop import run
from bench.callers import WARM_UP
from bench.parts import Author
from ledger.store.ledger import Ledger

CALLERS: Final = 64


async def append_paced(url: str, rate: float, seconds: float) -> dict[str, float]:
    """Append at a rate, each caller in turn; a late caller does not wait. Return the time from which it counts."""
    interval = CALLERS / rate
    begin = time.perf_counter() + 0.05
    counted_from = time.time_ns() // 1000 + int((0.05 + WARM_UP * seconds) * 1e6)
    end = begin + (1 + WARM_UP) * seconds
    async with Ledger(url) as ledger:

        async def call(number: int) -> int:
            author, due, count = Author(), begin + number * interval / CALLERS, 0
            while due < end:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))  # the pace
                await ledger.append([author.next_event()], key=author.next_key())
                due, count = due + interval, count + 1
            return count

        counts = await asyncio.gather(*(call(number) for number in range(CALLERS)))
        took = time.perf_counter() - begin
    return {"count": sum(counts), "counted_from": counted_from, "seconds": took}


if __name__ == "__main__":
    print(json.dumps(run(append_paced(os.environ["DATABASE_URL"], float(sys.argv[1]), float(sys.argv[2])))))
