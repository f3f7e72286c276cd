"""A process that we start and that must not outlive us."""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1
_PAUSE = 1.0
_PATIENCE = 15.0


def die_with_parent() -> None:
    """Have the kernel end this process when whoever started it is gone, however that came about."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def kept_running(command: Sequence[str], niceness: int = 0) -> Iterator[None]:
    """Have a command run as long as the block does; when it ends before that, it is started again.

    Args:
        command: what runs.
        niceness: by how much it gives way to others when the cores do not suffice.
    """
    ending = threading.Event()

    def begin() -> None:
        die_with_parent()
        os.nice(niceness)

    child: subprocess.Popen[bytes] | None = None

    def supervise() -> None:
        nonlocal child
        while not ending.is_set():
            child = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                preexec_fn=begin,  # noqa: PLW1509 - two system calls, no lock
            )
            child.wait()
            ending.wait(_PAUSE)

    # The thread lives as long as the block: the kernel takes its end for the parent's.
    thread = threading.Thread(target=supervise, name="child", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        if child is not None:
            child.terminate()
            thread.join(_PATIENCE)
            child.kill()
        thread.join()
