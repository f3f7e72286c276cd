"""The ledger for threads: other threads send their calls to one event loop in its own thread."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from ledger.refusals import LedgerClosedError
from ledger.store.entries import Appended, IdempotencyKey, NewEvent, StoredEntry
from ledger.store.ledger import LAST, Ledger

Answer = TypeVar("Answer")


class ThreadedLedger:
    """`Ledger` with blocking methods that any number of threads may call; with the same promises and errors.

    Once it is closed, every call raises LedgerClosedError, even one that is waiting.
    """

    def __init__(self, url: str, *, most_waiting: int = 4096, patience: float = 30) -> None:
        self._url, self._most_waiting, self._patience = url, most_waiting, patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="pencere ledger", daemon=True)
        self._gate = threading.Lock()
        self._closed = False

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
            self._closed = True
            self._end()
            raise

    def close(self) -> None:
        """Answer the waiting appends, disconnect, and end the thread."""
        if threading.current_thread() is self._thread:
            # The garbage collector may run an owner's __del__ in any thread, and this thread cannot wait for its own
            # end.
            threading.Thread(target=self.close, name="pencere ledger closing").start()
            return
        with self._gate:
            if self._closed:
                return
            self._closed = True  # earlier calls are already on the loop, and run before what follows here
        try:
            asyncio.run_coroutine_threadsafe(self._ledger.__aexit__(None, None, None), self._loop).result()
        finally:
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

    def read_versions(
        self, stream: UUID, after: int = -1, up_to: int = LAST, *, limit: int = LAST, backwards: bool = False
    ) -> list[StoredEntry]:
        """See `Ledger.read_versions`."""
        return self._wait(self._ledger.read_versions(stream, after, up_to, limit=limit, backwards=backwards))

    def beginnings(self, streams: Sequence[UUID]) -> dict[UUID, str]:
        """See `Ledger.beginnings`."""
        return self._wait(self._ledger.beginnings(streams))

    def read_topics(self, topics: Sequence[str], after: int, up_to: int, limit: int) -> list[StoredEntry]:
        """See `Ledger.read_topics`."""
        return self._wait(self._ledger.read_topics(topics, after, up_to, limit))

    def head(self) -> int:
        """See `Ledger.head`."""
        return self._wait(self._ledger.head())

    def wait_beyond(self, position: int, timeout: float) -> int:
        """See `Ledger.wait_beyond`."""
        return self._wait(self._ledger.wait_beyond(position, timeout))

    def when_beyond(self, position: int, timeout: float) -> Future[int]:
        """Return the future that `wait_beyond` waits for. Any thread may wait for it, and any other may cancel it."""
        return self._ask(self._ledger.wait_beyond(position, timeout))

    def _run(self) -> None:
        # A loop has only weak references to its tasks. This frame keeps them and the ledger alive until the end.
        self._loop.run_forever()

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(_give_up_the_rest(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _opened(self) -> Ledger:
        ledger = Ledger(self._url, most_waiting=self._most_waiting, patience=self._patience)
        return await ledger.__aenter__()

    def _wait(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            return self._ask(question).result()
        except CancelledError:
            raise LedgerClosedError from None

    def _ask(self, question: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        with self._gate:
            if self._closed:
                question.close()
                raise LedgerClosedError
            return asyncio.run_coroutine_threadsafe(question, self._loop)


async def _give_up_the_rest() -> None:
    """Cancel every other task of the loop: reads and waits that nobody will answer."""
    while rest := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in rest:
            task.cancel()
        await asyncio.wait(rest, timeout=0.1)  # repeated, since a cancellation may get lost: see ledger/store/wakeup.py
