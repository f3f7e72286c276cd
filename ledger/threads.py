"""The ledger for threads: one event loop in a thread of its own, to which they hand their questions over."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from ledger.log import Ledger
from ledger.records import Appended, IdempotencyKey, NewEvent, StoredEntry

Answer = TypeVar("Answer")


class ThreadedLedger:
    """`Ledger` with blocking methods that any number of threads may call; same promises, same errors."""

    def __init__(self, url: str, *, most_waiting: int = 4096, patience: float = 30) -> None:
        self._url, self._most_waiting, self._patience = url, most_waiting, patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pencere ledger", daemon=True)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Start the thread and connect."""
        self._thread.start()
        try:
            self._ledger = self._wait(self._opened())
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Answer what waits, disconnect, end the thread."""
        if self._loop.is_closed():
            return
        self._wait(self._ledger.__aexit__(None, None, None))
        self._end()

    def append(
        self, events: Sequence[NewEvent], *, key: IdempotencyKey | None = None, uniqueness_only: bool = False
    ) -> Appended:
        """See `Ledger.append`."""
        return self._wait(self._ledger.append(events, key=key, uniqueness_only=uniqueness_only))

    def read(self, after: int, limit: int) -> list[StoredEntry]:
        """See `Ledger.read`."""
        return self._wait(self._ledger.read(after, limit))

    def read_stream(self, stream: UUID, after_version: int = 0) -> list[StoredEntry]:
        """See `Ledger.read_stream`."""
        return self._wait(self._ledger.read_stream(stream, after_version))

    def head(self) -> int:
        """See `Ledger.head`."""
        return self._wait(self._ledger.head())

    def wait_beyond(self, position: int, timeout: float) -> int:
        """See `Ledger.wait_beyond`."""
        return self._wait(self._ledger.wait_beyond(position, timeout))

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _opened(self) -> Ledger:
        ledger = Ledger(self._url, most_waiting=self._most_waiting, patience=self._patience)
        return await ledger.__aenter__()

    def _wait(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()
