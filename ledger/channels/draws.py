"""Which process requests draws: whoever holds the lock of a session."""

from ledger.postgresql.election import DRAWS
from ledger.postgresql.kinds import ANSWER_WITHIN, DRAWS_HOST
from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.refusals import AwayError


class DrawsUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost: begin anew."""


class DrawsOffice:
    """The office of requesting draws, which one process at a time has.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        DrawsUnavailableError: when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._line = Line(url, DRAWS_HOST.within(answer_within))

    async def close(self) -> None:
        """Disconnect, and give the lock back."""
        await self._line.drop()

    async def elect(self) -> bool:
        """Return whether we have the office: a lock of this session, which a dead process cannot keep."""
        with translated(DrawsUnavailableError):
            return await (await self._line.session()).elect(DRAWS)
