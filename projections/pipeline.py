"""Reads the ledger ahead and writes behind, in two threads with their own sessions, while the caller folds."""

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql.arrays import BinaryArray
from ledger.postgresql.kinds import BULK, WHOLE
from ledger.postgresql.session import Session, open_session
from ledger.store.entries import COLUMNS, StoredEntry
from ledger.store.page_size import is_whole, large_page, small_after, small_page, within_after
from ledger.store.reading import MOST_BYTES

_AHEAD = 2  # batches in each queue: enough to keep both threads busy, and few enough for memory
_SMALL_AFTER, _WITHIN_AFTER = small_after(COLUMNS), within_after(COLUMNS)
_READ_AHEAD = BULK._replace(name="pencere read ahead")
_WRITE_BEHIND = BULK._replace(name="pencere write behind", settings=(*BULK.settings, "synchronous_commit=off"))


def connect(url: str, name: str, *settings: str) -> Session:
    """Return a session for statements over whole tables."""
    return open_session(url, WHOLE._replace(name=name, settings=(*WHOLE.settings, *settings)))


def entries_between(
    connection: psycopg.Connection[TupleRow], after: int, last: int, size: int, *, most_bytes: int = MOST_BYTES
) -> Iterator[list[StoredEntry]]:
    """Yield the entries after one position and up to another, in lists of at most `size`: fewer if they are large."""
    while after < last:
        asked = after, min(size, last - after), most_bytes
        entries = _page(connection, _SMALL_AFTER, small_page(*asked))
        if not is_whole(after, len(entries), entries[-1].position if entries else None):
            # Where an event is missing, not only where one is large, the page may go beyond the last one.
            found = _page(connection, _WITHIN_AFTER, large_page(*asked))
            entries = [entry for entry in found if entry.position <= last]
        if not entries:
            return
        yield entries
        after = entries[-1].position


def _page(connection: psycopg.Connection[TupleRow], statement: str, parameters: Sequence[object]) -> list[StoredEntry]:
    cursor = connection.execute(statement.encode(), parameters, prepare=True, binary=True)
    return [StoredEntry(*row) for row in cursor.fetchall()]


def read_ahead(url: str, after: int, last: int, size: int) -> Iterator[list[StoredEntry]]:
    """Yield the same lists, read by a thread while the caller works on an earlier one."""
    ready: queue.Queue[list[StoredEntry] | BaseException | None] = queue.Queue(_AHEAD)
    is_over = threading.Event()

    def read() -> None:
        try:
            with open_session(url, _READ_AHEAD) as connection:
                for entries in entries_between(connection, after, last, size):
                    while not is_over.is_set():
                        with suppress(queue.Full):
                            ready.put(entries, timeout=0.1)
                            break
                    if is_over.is_set():
                        return
            ready.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            ready.put(error)

    thread = threading.Thread(target=read, name="read ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        is_over.set()
        with suppress(queue.Empty):
            while True:
                ready.get_nowait()
        thread.join()


class WriteBehind:
    """Executes statements in order in a thread; the next call raises the first error."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: queue.Queue[tuple[bytes, Sequence[BinaryArray]] | None] = queue.Queue(_AHEAD * 4)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="write behind", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def write(self, statement: bytes, parameters: Sequence[BinaryArray]) -> None:
        """Queue the statement for execution."""
        if self._error is not None:
            raise self._error
        self._waiting.put((statement, parameters))

    def wait(self) -> None:
        """Wait until every queued statement is done and other sessions can see its effect."""
        self._waiting.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        with ExitStack() as opened:
            connection: Session | None = None
            while (item := self._waiting.get()) is not None:
                try:
                    if self._error is None:  # after an error statements are discarded, until the end is queued
                        connection = connection or opened.enter_context(open_session(self._url, _WRITE_BEHIND))
                        connection.execute(item[0], item[1], prepare=True)
                except BaseException as error:  # noqa: BLE001 - raised again by the next call
                    self._error = error
                finally:
                    self._waiting.task_done()
            self._waiting.task_done()
