"""`python -m bench.one_replay`: audits the views of DATABASE_URL's ledger, event by event, and prints the cost."""

import json
import os
import sys
import time

from bench.memory import most_memory
from projections.audit_in_processes import audit_in_processes
from projections.folds import ALL_VIEWS


def main() -> None:
    """Print the events, the seconds, the differences, and the peak memory of all processes together, in MB."""
    live, scratch = os.environ["DATABASE_URL"], sys.argv[1]
    began = time.perf_counter()
    with most_memory() as most:
        audited = audit_in_processes(live, scratch, ALL_VIEWS, lambda _done, _total: None)
    took = time.perf_counter() - began
    differences = sum(len(one.differences) for one in audited)
    position = min(one.position for one in audited)
    print(json.dumps({"position": position, "seconds": took, "differences": differences, "megabytes": max(most) >> 20}))


if __name__ == "__main__":
    main()
