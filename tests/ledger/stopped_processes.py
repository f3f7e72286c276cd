"""Processes that stand still (SIGSTOP) while a block runs; whatever happens in it, they go on afterwards."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from ledger.embedded.cluster import Cluster


@contextmanager
def stopped(processes: Sequence[int]) -> Iterator[None]:
    """Stop the processes while the block runs; one that has just ended by itself is no error."""
    with _going_on_afterwards() as stop:
        for process in processes:
            stop(process)
        yield


@contextmanager
def server_stopped(cluster: Cluster) -> Iterator[None]:
    """Stop a cluster's postmaster and all its children while the block runs.

    The postmaster is stopped before its children are listed, so that no child comes or goes after that.
    """
    postmaster = postmaster_of(cluster)
    with _going_on_afterwards() as stop:
        stop(postmaster)
        while psutil.Process(postmaster).status() != psutil.STATUS_STOPPED:
            pass  # the signal is on its way
        for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
            stop(int(child))
        yield


def postmaster_of(cluster: Cluster) -> int:
    """Return the process that started all others of the cluster."""
    return int((cluster.pgdata / "postmaster.pid").read_text().split()[0])


class _Stop:
    """Stops processes, and remembers them."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def __call__(self, process: int) -> None:
        self.told.append(process)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)


@contextmanager
def _going_on_afterwards() -> Iterator[_Stop]:
    stop = _Stop()
    try:
        yield stop
    finally:
        for process in reversed(stop.told):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
