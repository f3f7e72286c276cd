"""Processes that stand still (SIGSTOP) while a block runs; whatever happens in it, they go on afterwards."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from ledger.embedded.cluster import Cluster

STANDS_STILL: Final = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
_WITHIN: Final = 10.0  # seconds


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    """Stop the processes while the block runs; one that has just ended by itself is no error."""
    try:
        for process in processes:
            _stop(process)
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@contextmanager
def server_stopped(cluster: Cluster) -> Iterator[None]:
    """Stop a cluster's postmaster and all its children while the block runs.

    The postmaster is stopped before its children are listed, so that no child comes or goes after that.
    """
    postmaster = postmaster_of(cluster)
    with stopped([postmaster]):
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        with stopped([int(child) for child in children]):
            yield


def postmaster_of(cluster: Cluster) -> int:
    """Return the process that started all others of the cluster."""
    return int((cluster.pgdata / "postmaster.pid").read_text().split()[0])


def _stop(process: int) -> None:
    """Stop a process, and return when it stands still or has ended."""
    give_up_at = time.monotonic() + _WITHIN
    with suppress(ProcessLookupError, psutil.NoSuchProcess):
        os.kill(process, signal.SIGSTOP)
        # One that runs at this moment stops a little later.
        while psutil.Process(process).status() not in STANDS_STILL:
            if time.monotonic() > give_up_at:
                raise TimeoutError
