"""Starts and ends the processes for the tests of the ledger."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def start(module: str, orders: str) -> subprocess.Popen[bytes]:
    """Start a module of ours as a process and send its orders in a line on stdin, as they contain passwords."""
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(orders.encode() + b"\n")
    process.stdin.flush()
    return process


def end(process: subprocess.Popen[bytes]) -> int:
    """`kill -9` the process if it still runs; return how it has ended."""
    with process:
        process.kill()
    return process.returncode


@contextmanager
def running(module: str, orders: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the process at most until the end of the block."""
    process = start(module, orders)
    try:
        yield process
    finally:
        end(process)
