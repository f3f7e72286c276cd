"""What a lost connection looks like, and how one that does not answer becomes one."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

CONNECTION_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.TransactionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,  # connected to a standby, while another server takes over
)
"""What the driver raises when a statement may be sent again; whether it was done before is unknown."""

ANSWER_WITHIN = 10.0
"""Seconds. The server's own limits have struck by then, so the connection is taken for dead."""


@contextmanager
def cut_when_overdue(connection: psycopg.AsyncConnection[Any], seconds: float) -> Iterator[None]:
    """Cut the connection when the block takes longer: whoever waits on it learns at once that it is lost."""
    overdue = asyncio.get_running_loop().call_later(seconds, _cut, connection.fileno())
    try:
        yield
    finally:
        overdue.cancel()


def _cut(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
