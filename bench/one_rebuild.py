"""`python -m bench.one_rebuild`: rebuilds all views of DATABASE_URL's ledger, and says what it took."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psutil

from projections.folds import ALL_VIEWS
from projections.rebuild_in_processes import rebuild_in_processes

_LOOK: Final = 0.1  # seconds between two looks at how much memory is held


def main() -> None:
    """Print the position that the views hold, the seconds, and the most memory of all its processes at once, in MB."""
    began = time.perf_counter()
    with _most_memory() as most:
        position = rebuild_in_processes(os.environ["DATABASE_URL"], ALL_VIEWS, lambda _done, _total: None)
    took = time.perf_counter() - began
    print(json.dumps({"position": position, "seconds": took, "megabytes": max(most) >> 20}))


@contextmanager
def _most_memory() -> Iterator[list[int]]:
    """Give a list that grows by what this process and its children hold, in bytes; shared pages count once (PSS)."""
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
    this = psutil.Process()
    total = 0
    for process in (this, *this.children(recursive=True)):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue  # it has just ended
    return total


if __name__ == "__main__":
    main()
