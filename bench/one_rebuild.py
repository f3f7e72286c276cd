"""`python -m bench.one_rebuild`: rebuilds all views of DATABASE_URL's ledger, and says what it took."""

import json
import os
import resource
import time

from projections.folds import ALL_VIEWS
from projections.rebuild import rebuild


def main() -> None:
    """Print the position that the views hold, the seconds, and the most memory that this process ever had, in MB."""
    began = time.perf_counter()
    position = rebuild(os.environ["DATABASE_URL"], ALL_VIEWS, lambda _done, _total: None)
    took = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"position": position, "seconds": took, "megabytes": most}))


if __name__ == "__main__":
    main()
