"""The session of the public log's keeper: only one at a time has the lock, and a dead process loses it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ledger.postgresql.election import PUBLIC_LOG
from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import LOG
from ledger.postgresql.lost import translated
from ledger.refusals import AwayError

CHANNEL: Final = "pencere_log"
MAKE_ROOM: Final = "make room"


class LogUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost: begin again."""


class LogSession(HeldSession):
    """A connection that holds the keeper's lock once `elect` has returned True.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds without an answer after which the session counts as lost.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = LOG.answer_within) -> None:
        super().__init__(url, LOG.within(answer_within), partial(translated, LogUnavailableError))

    def elect(self) -> bool:
        """Return whether we keep the log."""
        with self.used() as session:
            return session.elect(PUBLIC_LOG)

    def write(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Write; return how many rows that were."""
        with self.used() as session:
            return session.execute(statement.encode(), parameters, prepare=True).rowcount

    def tell(self, message: str = "") -> None:
        """Tell the log's keeper to sign now, or to stop keeping the log."""
        self.write("SELECT pg_notify(%b, %b)", [CHANNEL, message])

    def listen(self) -> Callable[[float], set[str]]:
        """Return what waits for messages, at most so many seconds, and returns those that have come."""
        self.write(f"LISTEN {CHANNEL}")

        def wait(seconds: float) -> set[str]:
            with self.used() as session:
                return {notice.payload for notice in session.notifies(timeout=seconds, stop_after=1)}

        return wait
