"""Waits for what another thread or process will do."""

import time
from collections.abc import Callable

PATIENCE = 20.0


def until(holds: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until the condition holds; fail if it does not in time."""
    give_up_at = time.monotonic() + within
    while not holds():
        assert time.monotonic() < give_up_at, "it did not come to be in time"
        time.sleep(0.01)  # between two checks
