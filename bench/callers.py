"""Callers that send requests without pause: tasks of one loop, or threads."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence

from bench.figures import Measured, measured

WARM_UP = 0.2  # of the measured time, before it


async def keep_asking(asks: Sequence[Callable[[], Awaitable[object]]], seconds: float) -> Measured:
    """Return the figures of the callers, one for each `ask`, each waiting for its own answer."""
    begin = time.perf_counter() + WARM_UP * seconds
    end = begin + seconds
    latencies: list[float] = []

    async def call(ask: Callable[[], Awaitable[object]]) -> None:
        asked = time.perf_counter()
        while asked < end:
            await ask()
            answered = time.perf_counter()
            if begin <= answered < end:
                latencies.append(answered - asked)
            asked = answered

    await asyncio.gather(*(call(ask) for ask in asks))
    return measured(latencies, seconds)


def keep_asking_in_threads(asks: Sequence[Callable[[], object]], seconds: float) -> Measured:
    """Return the same figures for threads."""
    begin = time.perf_counter() + WARM_UP * seconds
    end = begin + seconds
    latencies: list[float] = []
    failures: list[BaseException] = []

    def call(ask: Callable[[], object]) -> None:
        asked = time.perf_counter()
        try:
            while asked < end:
                ask()
                answered = time.perf_counter()
                if begin <= answered < end:
                    latencies.append(answered - asked)
                asked = answered
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must not look like slowness
            failures.append(failure)

    threads = [threading.Thread(target=call, args=[ask]) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return measured(latencies, seconds)
