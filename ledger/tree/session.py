"""The session of whoever keeps the public log: one at a time, by a lock that a dead process cannot keep."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.lost_connection import CONNECTION_LOST

CHANNEL: Final = "pencere_log"
MAKE_ROOM: Final = "make room"
_LOCK: Final = 0x6C6F6774  # "logt"


class LogUnavailableError(Exception):
    """The database does not answer, or the session with its lock is lost: begin anew."""


class LogSession:
    """A connection with the keeper's lock on it, once `elect` has had it.

    Args:
        url: the database as the role `pencere_projector`.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[TupleRow] | None = None

    def __enter__(self) -> Self:
        with _translated():
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                application_name="pencere log",
                options="-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan",
            )
            arrays.register(self._connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def elect(self) -> bool:
        """Tell whether we keep the log."""
        return self.rows("SELECT pg_try_advisory_lock(%b)", [_LOCK]) == [(True,)]

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query."""
        with _translated():
            return self._own.execute(query.encode(), parameters, prepare=True, binary=True).fetchall()

    def write(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Write; return how many rows that were."""
        with _translated():
            return self._own.execute(statement.encode(), parameters, prepare=True).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have everything that is written in the block there, or nothing of it."""
        with _translated(), self._own.transaction():
            yield

    def tell(self, message: str = "") -> None:
        """Tell whoever keeps the log: to sign now, or to make room."""
        self.write("SELECT pg_notify(%b, %b)", [CHANNEL, message])

    def listen(self) -> Callable[[float], set[str]]:
        """Return what waits for messages, at most so many seconds, and returns those that have come."""
        with _translated():
            self._own.execute(f"LISTEN {CHANNEL}".encode())

        def wait(seconds: float) -> set[str]:
            with _translated():
                return {notice.payload for notice in self._own.notifies(timeout=seconds, stop_after=1)}

        return wait

    @property
    def _own(self) -> psycopg.Connection[TupleRow]:
        if self._connection is None:
            raise LogUnavailableError("the session is not open")
        return self._connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except CONNECTION_LOST as error:
        raise LogUnavailableError("the database does not answer") from error
