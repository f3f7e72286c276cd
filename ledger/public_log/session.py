"""The session of whoever keeps the public log: one at a time, by a lock that a dead process cannot keep."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from psycopg.rows import TupleRow

from ledger.postgresql.election import PUBLIC_LOG
from ledger.postgresql.kinds import LOG
from ledger.postgresql.lost import translated
from ledger.postgresql.session import Session, open_session
from ledger.refusals import AwayError

CHANNEL: Final = "pencere_log"
MAKE_ROOM: Final = "make room"


class LogUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost: begin anew."""


class LogSession:
    """A connection with the keeper's lock on it, once `elect` has had it.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = LOG.answer_within) -> None:
        self._url, self._kind = url, LOG.within(answer_within)
        self._session: Session | None = None

    def __enter__(self) -> Self:
        with translated(LogUnavailableError):
            self._session = open_session(self._url, self._kind)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def elect(self) -> bool:
        """Return whether we keep the log."""
        with translated(LogUnavailableError):
            return self._own.elect(PUBLIC_LOG)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query."""
        with translated(LogUnavailableError):
            return self._own.rows(query.encode(), parameters)

    def write(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Write; return how many rows that were."""
        with translated(LogUnavailableError):
            return self._own.execute(statement.encode(), parameters, prepare=True).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have everything that is written in the block there, or nothing of it."""
        with translated(LogUnavailableError), self._own.transaction():
            yield

    def tell(self, message: str = "") -> None:
        """Tell whoever keeps the log: to sign now, or to make room."""
        self.write("SELECT pg_notify(%b, %b)", [CHANNEL, message])

    def listen(self) -> Callable[[float], set[str]]:
        """Return what waits for messages, at most so many seconds, and returns those that have come."""
        with translated(LogUnavailableError):
            self._own.execute(f"LISTEN {CHANNEL}".encode())

        def wait(seconds: float) -> set[str]:
            with translated(LogUnavailableError):
                return {notice.payload for notice in self._own.notifies(timeout=seconds, stop_after=1)}

        return wait

    @property
    def _own(self) -> Session:
        if self._session is None:
            raise LogUnavailableError("the session is not open")
        return self._session
