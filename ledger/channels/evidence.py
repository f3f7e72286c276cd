"""Keeps the messages by which resources are asked, as long as they must be sent, and for their answers.

Only the sender writes: the process whose session holds the lock.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from ledger.postgresql.election import EVIDENCE
from ledger.postgresql.kinds import ANSWER_WITHIN, EVIDENCE_READER, EVIDENCE_SENDER
from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.postgresql.patience import Patience
from ledger.postgresql.pool import SessionPool
from ledger.postgresql.session import AsyncSession
from ledger.refusals import AwayError, LedgerUnavailableError

_NAMES: Final = "message_id, turn, kind, case_id, resource, raw, failures"
_OF: Final = f"SELECT {_NAMES} FROM evidence.messages WHERE message_id = %b ORDER BY turn"  # noqa: S608 - constant columns
_BY_TOKEN: Final = f"SELECT {_NAMES} FROM evidence.messages WHERE token_digest = %b"  # noqa: S608 - constant columns
_RESOURCES: Final = "SELECT DISTINCT resource FROM evidence.messages WHERE next_try <= %b ORDER BY resource"
_DUE: Final = f"""
SELECT {_NAMES} FROM evidence.messages WHERE resource = %b AND next_try <= %b ORDER BY next_try LIMIT %b
"""  # noqa: S608 - constant columns
_KEEP: Final = """
INSERT INTO evidence.messages (message_id, turn, kind, case_id, resource, raw, token_digest, next_try)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING
"""
_MOVE: Final = """
UPDATE evidence.messages SET (failures, next_try) = (%s, %s) WHERE message_id = %s AND turn = %s
"""


class EvidenceMessagesUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost. Start again."""


class KeptMessage(NamedTuple):
    """A message as it is sent: a request (turn 1, and 2 after a preview) or a dispute; how often sending failed."""

    message_id: UUID
    turn: int
    kind: str
    case_id: UUID
    resource: str
    raw: bytes
    failures: int = 0


class EvidenceMessages:
    """Reads kept messages, as a role that can only read.

    Args:
        url: the database as the role `pencere_reader`.
        patience: seconds for which a read is repeated while the database is away.

    Raises:
        LedgerUnavailableError: by any method, when the database does not answer in time.
    """

    def __init__(self, url: str, *, patience: float = 30) -> None:
        self._patience = patience
        self._pool = SessionPool(url, EVIDENCE_READER.within(patience), most=2)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def of(self, message_id: UUID) -> list[KeptMessage]:
        """Return what was made of a request or dispute, in its order."""
        return await self._read(_OF, [message_id])

    async def by_token(self, digest: bytes) -> KeptMessage | None:
        """Return the message that carried the token with this digest."""
        found = await self._read(_BY_TOKEN, [digest])
        return found[0] if found else None

    async def resources_due(self, now: int) -> list[str]:
        """Return the resources to which messages are to be sent by that time, in microseconds since 1970."""
        return [resource for (resource,) in await self._rows(_RESOURCES, [now])]

    async def due(self, resource: str, now: int, limit: int) -> list[KeptMessage]:
        """Return messages to be sent to a resource by that time, those that wait longest first."""
        return await self._read(_DUE, [resource, now, limit])

    async def _read(self, query: str, parameters: Sequence[object]) -> list[KeptMessage]:
        return [_kept(row) for row in await self._rows(query, parameters)]

    async def _rows(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        patience = Patience(self._patience, LedgerUnavailableError)
        return await patience.ask(lambda: self._pool.rows(query.encode(), parameters))


class EvidenceOutbox:
    """Keeps messages, for one sender at a time: a sender that has lost the lock can keep nothing.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        EvidenceMessagesUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._line = Line(url, EVIDENCE_SENDER.within(answer_within))

    async def close(self) -> None:
        """Disconnect, and so give up the lock."""
        await self._line.drop()

    async def elect(self) -> bool:
        """Return whether we may send. The right is a lock of this session, which a dead process cannot keep."""
        with translated(EvidenceMessagesUnavailableError):
            return await (await self._session()).elect(EVIDENCE)

    async def keep(self, message: KeptMessage, token_digest: bytes) -> None:
        """Keep a message before it is sent, unless it is kept already; sending it is due at once."""
        *place, raw, _ = message
        await self._run(_KEEP, [*place, raw, token_digest])

    async def move(self, message: KeptMessage, failures: int, next_try: int | None) -> None:
        """Store how often sending has failed, and when it is tried again; None: no more."""
        await self._run(_MOVE, [failures, next_try, message.message_id, message.turn])

    async def _run(self, statement: str, parameters: list[object]) -> None:
        with translated(EvidenceMessagesUnavailableError):
            await (await self._session()).rows(statement.encode(), parameters)

    async def _session(self) -> AsyncSession:
        return await self._line.session()


def _kept(row: Sequence[Any]) -> KeptMessage:
    message_id, turn, kind, case_id, resource, raw, failures = row
    return KeptMessage(message_id, turn, kind, case_id, resource, bytes(raw), failures)
