"""The ledger: append, read, follow."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from ledger.postgresql.task_ending import close_all
from ledger.store.append import AppendCoordinator
from ledger.store.batch import Append
from ledger.store.entries import Appended, IdempotencyKey, NewEvent, StoredEntry
from ledger.store.reading import Reader
from ledger.store.wakeup import Follower, Signaller

CHANNEL = "pencere_ledger"
LAST = (1 << 63) - 1
"""The largest version and position."""


class Ledger:
    """The append-only event log, for tasks of one event loop (threads: see ledger/store/threads.py).

    Args:
        url: the database as the role `pencere_writer`.
        most_waiting: the most appends that may wait for their commit; any more are refused.
        patience: seconds for which an append is repeated while the database is away.
        observe: called for each commit with the number of its appends and the seconds that it took.
    """

    def __init__(
        self,
        url: str,
        *,
        most_waiting: int = 4096,
        patience: float = 30,
        observe: Callable[[int, float], None] = lambda _requests, _seconds: None,
    ) -> None:
        self._signaller = Signaller(url, CHANNEL)
        self._coordinator = AppendCoordinator(
            url, on_append=self._signaller.signal, observe=observe, patience=patience, most_waiting=most_waiting
        )
        self._reader = Reader(url, patience=patience)
        self._follower = Follower(url, CHANNEL, self._reader.last)

    async def __aenter__(self) -> Self:
        try:
            await self._reader.open()
            await self._follower.open()
        except BaseException:  # nobody else closes what is open by now
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        # All are closed, even if this is cancelled while the coordinator still answers requests.
        await close_all(self._coordinator.close, self._signaller.close, self._follower.close, self._reader.close)

    async def append(
        self, events: Sequence[NewEvent], *, key: IdempotencyKey | None = None, uniqueness_only: bool = False
    ) -> Appended:
        """Append all of the events or none, and return once they are durable.

        Each event's stream must be at `version - 1`; with `uniqueness_only` it is enough that the version is new. With
        a key, a repeat with the same body returns the first answer.

        Raises:
            VersionConflictError: a stream is at another version.
            KeyReusedError: the key came with another body the first time.
            UnstorableEventError: the database cannot hold such an event.
            LedgerBusyError: too many appends wait.
            LedgerUnavailableError: the database is away; the outcome is unknown.
        """
        if not events:
            raise ValueError("an append has at least one event")
        return await self._coordinator.append(Append(events, key, uniqueness_only))

    async def answer_to(self, key: IdempotencyKey) -> Appended | None:
        """Return the first answer to an append with this key, or None.

        Raises:
            KeyReusedError: the key came with another body the first time.
        """
        return await self._reader.answer_to(key)

    async def read(self, after: int, limit: int) -> list[StoredEntry]:
        """Return at most `limit` entries after a position. Nothing will ever appear before the last one returned.

        There are fewer when they have many bytes, but at least one if there is one: only an empty answer is the end.
        """
        return await self._reader.after(after, limit)

    async def read_at(self, positions: Sequence[int]) -> list[StoredEntry]:
        """Return the entries at these positions, in position order."""
        return await self._reader.at(positions)

    async def read_stream(self, stream: UUID, after_version: int = 0) -> list[StoredEntry]:
        """Return the entries of a stream after a version, in version order."""
        return await self._reader.stream(stream, after_version)

    async def read_versions(
        self, stream: UUID, after: int = -1, up_to: int = LAST, *, limit: int = LAST, backwards: bool = False
    ) -> list[StoredEntry]:
        """Return at most `limit` entries of a stream, after a version and up to another, forwards or backwards."""
        return await self._reader.versions(stream, after, up_to, limit, backwards=backwards)

    async def read_topics(self, topics: Sequence[str], after: int, up_to: int, limit: int) -> list[StoredEntry]:
        """Return at most `limit` entries of these topics, after a position and up to another, in position order.

        Topics have no index: every entry in between is read, so the caller must keep the range short.
        """
        return await self._reader.of_topics(topics, after, up_to, limit)

    async def existing(self, streams: Sequence[UUID]) -> set[UUID]:
        """Return which of these streams have events."""
        return await self._reader.existing(streams)

    async def beginnings(self, streams: Sequence[UUID]) -> dict[UUID, str]:
        """Return stream -> topic of its first event, which shows the stream's kind, for the streams that exist."""
        return await self._reader.beginnings(streams)

    async def expire_keys(self, before: datetime) -> int:
        """Delete the idempotency keys of events that were recorded before the instant; return how many."""
        return await self._reader.expire_keys(int(before.timestamp() * 1_000_000))

    async def position_at(self, instant: datetime) -> int:
        """Return the last position that was recorded at or before an instant; 0 when there was none yet."""
        return await self._reader.position_at(int(instant.timestamp() * 1_000_000))

    async def has_given(self, position: int) -> bool:
        """Return whether an event has been given this position."""
        return position <= self._follower.newest or position <= await self._reader.last()

    async def head(self) -> int:
        """Return the position of the last event; 0 when there is none."""
        return await self._reader.last()

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return the last position as soon as it is beyond the given one, or as it is after `timeout` seconds."""
        return await self._follower.wait_beyond(position, timeout)
