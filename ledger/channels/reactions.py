"""How far each reaction has looked: kept by the host, which is whoever holds the lock of a session."""

from collections.abc import Sequence

from ledger.channels.legal_time import TimeRows
from ledger.postgresql.election import REACTIONS
from ledger.postgresql.kinds import ANSWER_WITHIN, REACTIONS_HOST
from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.postgresql.session import AsyncSession
from ledger.refusals import AwayError

_READ = b"SELECT reaction, position FROM reactions.positions WHERE reaction = ANY (%s)"
_KEEP = b"""
INSERT INTO reactions.positions (reaction, position) VALUES (%s, %s)
ON CONFLICT (reaction) DO UPDATE SET position = excluded.position WHERE reactions.positions.position < excluded.position
"""


class ReactionsUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost: begin anew."""


class ReactionPositions:
    """The positions of all reactions, for one host at a time.

    Positions are kept through the session that took the lock: whoever has lost it can keep nothing until the next
    election. Anybody may read.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Attributes:
        time: what is kept of time.

    Raises:
        ReactionsUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._line = Line(url, REACTIONS_HOST.within(answer_within))
        self.time = TimeRows(self._line, ReactionsUnavailableError)
        self._elected: AsyncSession | None = None

    async def close(self) -> None:
        """Disconnect, and give the lock back."""
        await self._line.drop()

    async def elect(self) -> bool:
        """Return whether we are the host: a lock of this session, which a dead process cannot keep."""
        with translated(ReactionsUnavailableError):
            session = await self._line.session()
            self._elected = session if await session.elect(REACTIONS) else None
        return self._elected is not None

    async def read(self, reactions: Sequence[str]) -> dict[str, int]:
        """Return the position of each; a new one begins at the beginning."""
        with translated(ReactionsUnavailableError):
            rows = await (await self._line.session()).rows(_READ, [list(reactions)])
        return {**dict.fromkeys(reactions, 0), **dict(rows)}

    async def keep(self, reaction: str, position: int) -> None:
        """Keep that everything up to the position is done. A crash before it: the reaction is asked again."""
        if self._elected is None:
            raise ReactionsUnavailableError("this process is not the host")
        with translated(ReactionsUnavailableError):
            await self._elected.rows(_KEEP, [reaction, position])
