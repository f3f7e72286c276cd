"""A session that one thread holds for as long as a block lasts: of a sender, a keeper, a folder, an auditor."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from psycopg.rows import TupleRow

from ledger.postgresql.kinds import SessionKind
from ledger.postgresql.session import Session, open_session


class HeldSession:
    """One session, opened with the block and closed with it; its user's own error tells what is wrong with it.

    It does not come back by itself: a lock and what was read under it are lost with it, so its user begins anew.

    Args:
        url: the database.
        kind: what the session is for.
        telling: raises the user's own error for the database's: `translated`, or `told_why`.
    """

    def __init__(self, url: str, kind: SessionKind, telling: Callable[[], AbstractContextManager[None]]) -> None:
        self._url, self._kind, self._telling = url, kind, telling

    def __enter__(self) -> Self:
        with self._telling():
            self._session: Session = open_session(self._url, self._kind)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    @contextmanager
    def used(self) -> Iterator[Session]:
        """Give the session to the block."""
        with self._telling():
            yield self._session

    @contextmanager
    def together(self) -> Iterator[Session]:
        """Give the session to the block, of which everything that it writes is there afterwards, or nothing."""
        with self.used() as session, session.transaction():
            yield session

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query; none when the statement has none."""
        with self.used() as session:
            return session.rows(query.encode(), parameters)
