"""Processes that we start, that are started again when they end, and that must not outlive us."""

import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

PATIENCE: Final = 10.0
"""Seconds that all children together are given to end; commands end by themselves within eight."""
BETWEEN_STARTS: Final = 5.0
"""Seconds at least from one start of a child to the next: one that cannot live takes little from those who can."""

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)  # found now: between fork and exec no lock may be waited for
_log = logging.getLogger(__name__)


class Child(NamedTuple):
    """A command that runs beside us.

    Attributes:
        name: what the log calls it.
        command: what runs.
        niceness: by how much it gives way to others when the cores do not suffice.
    """

    name: str
    command: Sequence[str]
    niceness: int = 0


def die_with_parent() -> None:
    """Have the kernel tell this process to end when whoever started it is gone, however that came about."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def kept_running(
    children: Sequence[Child], *, between_starts: float = BETWEEN_STARTS, patience: float = PATIENCE
) -> Iterator[None]:
    """Have commands run as long as the block does; one that ends before that is started again.

    When the block is left, all are told to end at the same time.

    Args:
        children: what runs.
        between_starts: seconds at least from one start of a child to the next.
        patience: seconds that all together are given to end; who has not is killed.
    """
    kept = [_Kept(child, between_starts) for child in children]
    try:
        for each in kept:
            each.begin()
        yield
    finally:
        for each in kept:
            each.tell_to_end()
        give_up_at = time.monotonic() + patience
        for each in kept:
            each.end_by(give_up_at)


class _Kept:
    """A child, and the thread that starts it and waits for its end."""

    def __init__(self, child: Child, between_starts: float) -> None:
        self._child, self._between_starts = child, between_starts
        self._process: subprocess.Popen[bytes] | None = None
        self._starting, self._ending = threading.Lock(), threading.Event()
        # It lives as long as we wait: the kernel takes the end of the thread that has forked for the parent's.
        self._thread = threading.Thread(target=self._keep, name=child.name, daemon=True)

    def begin(self) -> None:
        """Start the child, and again whenever it has ended."""
        self._thread.start()

    def tell_to_end(self) -> None:
        """Start no other, and tell this one to end, also where somebody has stopped it (SIGSTOP)."""
        with self._starting:
            self._ending.set()
            if self._process is not None:
                self._process.terminate()
                self._process.send_signal(signal.SIGCONT)

    def end_by(self, give_up_at: float) -> None:
        """Return when the child has ended; kill it at that time of the monotonic clock."""
        if self._thread.ident is None:  # it was never begun
            return
        self._thread.join(max(0.0, give_up_at - time.monotonic()))
        if self._process is not None:
            self._process.kill()
        self._thread.join()

    def _keep(self) -> None:
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                process = self._start()
            except (OSError, subprocess.SubprocessError) as error:
                _log.warning("%s cannot be started: %s", self._child.name, type(error).__name__)
            else:
                status = process.wait() if process is not None else 0
                if not self._ending.is_set():
                    _log.warning("%s has ended with status %d: starting it again", self._child.name, status)
            self._ending.wait(max(0.0, began + self._between_starts - time.monotonic()))

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Return the child, started; None when it was told to end meanwhile."""
        parent = os.getpid()

        def begin() -> None:
            die_with_parent()
            if os.getppid() != parent:  # it has gone before we have asked
                os._exit(1)
            os.nice(self._child.niceness)

        with self._starting:
            if self._ending.is_set():
                return None
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._child.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Ctrl-C is the parent's to hear: whom it still serves may need the child.
                process_group=0,
                preexec_fn=begin,  # noqa: PLW1509 - three system calls, no lock
            )
            return self._process
