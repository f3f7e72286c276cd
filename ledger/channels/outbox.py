"""Keeps what has been sent: each channel's position, the numbers given on it, and who may send."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ledger.postgresql.election import of_outbox
from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import ANSWER_WITHIN, OUTBOX
from ledger.postgresql.lost import translated
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
    """The database does not answer, or the session with its lock is lost. Start again."""


class OutboxMovedError(Exception):
    """Somebody else has sent on the channel, so this sender may not commit the rest."""


class Standing(NamedTuple):
    """Everything up to the position is acknowledged; the numbers are the last ones given up to it."""

    position: int
    sequences: dict[str, int]


class Outbox(HeldSession):
    """The standing of one channel, for one sender at a time.

    Args:
        url: the database as the role `pencere_projector`.
        channel: its name.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        OutboxUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, channel: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        kind = OUTBOX._replace(name=f"{OUTBOX.name} {channel}").within(answer_within)
        super().__init__(url, kind, partial(translated, OutboxUnavailableError))
        self._channel = channel

    def elect(self) -> bool:
        """Return whether we may send. The right is a lock of this session, which a dead process cannot keep."""
        with self.used() as session:
            return session.elect(of_outbox(self._channel))

    def standing(self) -> Standing:
        """Return the channel's standing; a new channel is at the beginning."""
        with self.together() as session:
            session.execute(_BEGIN, [self._channel])
            position = session.execute(_POSITION, [self._channel]).fetchone()
            sequences: dict[str, int] = dict(session.execute(_SEQUENCES, [self._channel]).fetchall())
        return Standing(position[0] if position else 0, sequences)

    def commit(self, before: int, position: int, changed: Mapping[str, int]) -> None:
        """Store that everything up to the position is acknowledged, with the last numbers given.

        Raises:
            OutboxMovedError: the channel is no longer at `before`.
        """
        with self.together() as session:
            if session.execute(_MOVE, [position, self._channel, before]).rowcount != 1:
                raise OutboxMovedError(self._channel)
            if changed:
                session.execute(_KEEP, [self._channel, list(changed), list(changed.values())])
        # The commit point. After a crash before it, the receiver gets what we sent again, with the same numbers.
