"""What has left the house: how far each channel is, which numbers it has given, and who may send on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self
from zlib import crc32

import psycopg
from psycopg.rows import TupleRow

_LOCK_SPACE = 0x6F757462  # "outb"
_POSITION = "SELECT position FROM outbox.channels WHERE channel = %s"
_SEQUENCES = "SELECT name, sequence FROM outbox.sequences WHERE channel = %s"
_BEGIN = "INSERT INTO outbox.channels (channel, position) VALUES (%s, 0) ON CONFLICT DO NOTHING"
_MOVE = "UPDATE outbox.channels SET position = %s WHERE channel = %s AND position = %s"
_KEEP = """
INSERT INTO outbox.sequences (channel, name, sequence) SELECT %s, * FROM unnest(%s::text[], %s::bigint[])
ON CONFLICT (channel, name) DO UPDATE SET sequence = excluded.sequence
"""


class OutboxUnavailableError(Exception):
    """The database does not answer, or the session with its lock is lost: begin anew."""


class OutboxMovedError(Exception):
    """Somebody else has sent on the channel: what we have not committed is not ours to commit."""


class Standing(NamedTuple):
    """Everything up to the position is acknowledged; the numbers are those last given up to it."""

    position: int
    sequences: dict[str, int]


class Outbox:
    """One channel, for one sender at a time.

    Args:
        url: the database as the role `pencere_projector`.
        channel: its name.

    Raises:
        OutboxUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._connection: psycopg.Connection[TupleRow] | None = None

    def __enter__(self) -> Self:
        with _translated():
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, application_name=f"pencere outbox {self._channel}"
            )
            # A server that crashes may forget the last commits. Then the same is sent again, with the same numbers.
            self._connection.execute("SET synchronous_commit = off")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def elect(self) -> bool:
        """Tell whether we may send: a lock of this session, which a dead process cannot keep."""
        with _translated():
            row = self._own.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, crc32(self._channel.encode()) - (1 << 31)]
            ).fetchone()
        return row == (True,)

    def standing(self) -> Standing:
        """Return where the channel stands; a new one stands at the beginning."""
        with _translated(), self._own.transaction():
            self._own.execute(_BEGIN, [self._channel])
            position = self._own.execute(_POSITION, [self._channel]).fetchone()
            sequences: dict[str, int] = dict(self._own.execute(_SEQUENCES, [self._channel]).fetchall())
        return Standing(position[0] if position else 0, sequences)

    def commit(self, before: int, position: int, changed: Mapping[str, int]) -> None:
        """Keep that everything up to the position is acknowledged, with the numbers that were given on the way.

        Raises:
            OutboxMovedError: the channel does not stand at `before` any more.
        """
        with _translated(), self._own.transaction():
            if self._own.execute(_MOVE, [position, self._channel, before]).rowcount != 1:
                raise OutboxMovedError(self._channel)
            if changed:
                self._own.execute(_KEEP, [self._channel, list(changed), list(changed.values())])
        # The commit point. A crash before it: the receiver has what we sent, and gets it again with the same numbers.

    @property
    def _own(self) -> psycopg.Connection[TupleRow]:
        if self._connection is None:
            raise OutboxUnavailableError("the outbox is not open")
        return self._connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise OutboxUnavailableError("the database does not answer") from error
