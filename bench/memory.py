"""Measures the peak memory of this process and its children."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psutil

from bench.process_family import summed

_LOOK: Final = 0.1  # seconds between two measurements of memory


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """Give a list that grows by the present memory of this process and its children (bytes, shared pages once: PSS)."""
    held: list[int] = []
    over = threading.Event()

    def look() -> None:
        while True:
            held.append(_held())
            if over.wait(_LOOK):
                return

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield held
    finally:
        over.set()
        thread.join()


def _held() -> int:
    return round(summed(psutil.Process(), lambda process: process.memory_full_info().pss))
