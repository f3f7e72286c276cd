"""`python -m bench.one_rebuild`: rebuilds all views of DATABASE_URL's ledger, and prints the cost."""

import json
import os
import time

from bench.memory import most_memory
from projections.folds import ALL_VIEWS
from projections.rebuild_in_processes import rebuild_in_processes


def main() -> None:
    """Print the views' position, the seconds, and the peak memory of all processes together, in MB."""
    began = time.perf_counter()
    with most_memory() as most:
        position = rebuild_in_processes(os.environ["DATABASE_URL"], ALL_VIEWS, lambda _done, _total: None)
    took = time.perf_counter() - began
    print(json.dumps({"position": position, "seconds": took, "megabytes": max(most) >> 20}))


if __name__ == "__main__":
    main()
