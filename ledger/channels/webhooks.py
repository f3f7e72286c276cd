"""Keeps how far each webhook is. Only the sender writes it: the process whose session holds the lock."""

from typing import NamedTuple

from psycopg.rows import TupleRow

from ledger.postgresql.election import WEBHOOK_DELIVERY
from ledger.postgresql.kinds import ANSWER_WITHIN, WEBHOOKS
from ledger.postgresql.lost import translated
from ledger.postgresql.session import AsyncSession, open_async
from ledger.refusals import AwayError

_NAMES = "sequence, obeyed, failures, failing_since, next_try, last_failure, disabled_at"
_READ = f"SELECT {_NAMES} FROM webhooks.channels WHERE subscription = %s"  # noqa: S608 - constant columns
_BEGIN = "INSERT INTO webhooks.channels (subscription, sequence, obeyed) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING"
_KEEP = f"UPDATE webhooks.channels SET ({_NAMES}) = (%s, %s, %s, %s, %s, %s, %s) WHERE subscription = %s"  # noqa: S608 - constant columns


class WebhookChannelsUnavailableError(AwayError):
    """The database does not answer, or the session with its lock is lost. Start again."""


class ChannelStanding(NamedTuple):
    """How far a webhook is, and its failures; instants are microseconds since 1970.

    Attributes:
        sequence: the agency's sequence up to which everything was delivered.
        obeyed: the version of the subscription up to which its orders were carried out.
        failures: how many tries have failed since the last success.
        failing_since: when the first of them failed.
        next_try: the time of the next try.
        last_failure: why the last try failed.
        disabled_at: when the webhook was given up.
    """

    sequence: int
    obeyed: int
    failures: int = 0
    failing_since: int | None = None
    next_try: int | None = None
    last_failure: str | None = None
    disabled_at: int | None = None


class WebhookChannels:
    """The standings of all webhooks, for one sender at a time.

    Everything goes through the session that holds the lock, so a sender that has lost the lock can store nothing.

    Args:
        url: the database as the role `pencere_projector`.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        WebhookChannelsUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, url: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._url, self._kind = url, WEBHOOKS.within(answer_within)
        self._session: AsyncSession | None = None

    async def open(self) -> None:
        """Connect."""
        with translated(WebhookChannelsUnavailableError):
            self._session = await open_async(self._url, self._kind)

    async def close(self) -> None:
        """Disconnect."""
        if self._session is not None:
            await self._session.close()

    async def elect(self) -> bool:
        """Return whether we may deliver. The right is a lock of this session, which a dead process cannot keep."""
        with translated(WebhookChannelsUnavailableError):
            return await self._own.elect(WEBHOOK_DELIVERY)

    async def still_elected(self) -> None:
        """Check that the session still exists, and with it the lock."""
        await self.elect()

    async def standing(self, subscription: str) -> ChannelStanding | None:
        """Return a webhook's standing; None when it has not begun."""
        row = await self._run(_READ, [subscription])
        return ChannelStanding(*row) if row else None

    async def begin(self, subscription: str, sequence: int) -> None:
        """Let a webhook begin after a sequence, unless it has begun already."""
        await self._run(_BEGIN, [subscription, sequence])

    async def keep(self, subscription: str, standing: ChannelStanding) -> None:
        """Store a webhook's standing. After a crash before it, all after the last stored sequence is sent again."""
        await self._run(_KEEP, [*standing, subscription])

    async def _run(self, statement: str, parameters: list[object]) -> TupleRow | None:
        with translated(WebhookChannelsUnavailableError):
            rows = await self._own.rows(statement.encode(), parameters)
        return rows[0] if rows else None

    @property
    def _own(self) -> AsyncSession:
        if self._session is None:
            raise WebhookChannelsUnavailableError("the session is not open")
        return self._session
