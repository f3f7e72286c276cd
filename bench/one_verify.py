"""`python -m bench.one_verify`: verifies DATABASE_URL's whole ledger as an auditor does, and prints the cost."""

import json
import os
import sys
import time
from typing import Final

from application.verifying.ledger import check_ledger
from application.verifying.workers import together
from bench.memory import most_memory
from ledger.audit.whole import Against, check_tree

_PARTS: Final = {"tree": "bytes and tree alone", "all": "everything but the views"}


def main() -> None:
    """Print the events, the seconds, the findings, and the peak memory of all processes together, in MB."""
    url, part = os.environ["DATABASE_URL"], sys.argv[1]
    with most_memory() as most, together() as work:
        began = time.perf_counter()
        if part == "tree":
            checked = check_tree(url, Against(), work, lambda _more: None)
            events, findings = checked.events, checked.findings
        else:
            whole = check_ledger(url, Against(), work, lambda _done, _total: None)
            events, findings = whole.tree.events, whole.findings
        took = time.perf_counter() - began
    print(json.dumps({"events": events, "seconds": took, "findings": len(findings), "megabytes": max(most) >> 20}))


if __name__ == "__main__":
    main()
