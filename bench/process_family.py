"""Adds up what a process and all its children use."""

from collections.abc import Callable
from contextlib import suppress

import psutil


def summed(root: psutil.Process, used_by: Callable[[psutil.Process], float]) -> float:
    """Return what a process and its children use together; one that has just ended counts as nothing."""
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += used_by(process)
    return total
