"""What has left the house: how far each channel is, which numbers it has given, and who may send on it."""

from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self

from ledger.postgresql.election import of_outbox
from ledger.postgresql.kinds import ANSWER_WITHIN, OUTBOX
from ledger.postgresql.lost import translated
from ledger.postgresql.session import Session, open_session
from ledger.refusals import AwayError

_POSITION = "SELECT position FROM outbox.channels WHERE channel = %s"
_SEQUENCES = "SELECT name, sequence FROM outbox.sequences WHERE channel = %s"
_BEGIN = "INSERT INTO outbox.channels (channel, position) VALUES (%s, 0) ON CONFLICT DO NOTHING"
_MOVE = "UPDATE outbox.channels SET position = %s WHERE channel = %s AND position = %s"
_KEEP = """
INSERT INTO outbox.sequences (channel, name, sequence) SELECT %s, * FROM unnest(%s::text[], %s::bigint[])
ON CONFLICT (channel, name) DO UPDATE SET sequence = excluded.sequence
"""


class OutboxUnavailableError(AwayError):
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
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        OutboxUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, channel: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._url, self._channel = url, channel
        self._kind = OUTBOX._replace(name=f"{OUTBOX.name} {channel}").within(answer_within)
        self._session: Session | None = None

    def __enter__(self) -> Self:
        with translated(OutboxUnavailableError):
            self._session = open_session(self._url, self._kind)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def elect(self) -> bool:
        """Return whether we may send: a lock of this session, which a dead process cannot keep."""
        with translated(OutboxUnavailableError):
            return self._own.elect(of_outbox(self._channel))

    def standing(self) -> Standing:
        """Return where the channel stands; a new one stands at the beginning."""
        with translated(OutboxUnavailableError), self._own.transaction():
            self._own.execute(_BEGIN, [self._channel])
            position = self._own.execute(_POSITION, [self._channel]).fetchone()
            sequences: dict[str, int] = dict(self._own.execute(_SEQUENCES, [self._channel]).fetchall())
        return Standing(position[0] if position else 0, sequences)

    def commit(self, before: int, position: int, changed: Mapping[str, int]) -> None:
        """Keep that everything up to the position is acknowledged, with the numbers that were given on the way.

        Raises:
            OutboxMovedError: the channel does not stand at `before` any more.
        """
        with translated(OutboxUnavailableError), self._own.transaction():
            if self._own.execute(_MOVE, [position, self._channel, before]).rowcount != 1:
                raise OutboxMovedError(self._channel)
            if changed:
                self._own.execute(_KEEP, [self._channel, list(changed), list(changed.values())])
        # The commit point. A crash before it: the receiver has what we sent, and gets it again with the same numbers.

    @property
    def _own(self) -> Session:
        if self._session is None:
            raise OutboxUnavailableError("the outbox is not open")
        return self._session
