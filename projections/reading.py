"""Reads views, as a role that can only read."""

from collections.abc import Sequence

from psycopg.rows import TupleRow

from ledger.postgresql.kinds import VIEWS
from ledger.postgresql.patience import Patience
from ledger.postgresql.pool import SessionPool
from ledger.refusals import LedgerUnavailableError
from ledger.store.entries import COLUMNS

_ENTRY = f"SELECT {COLUMNS} FROM ledger.events e WHERE e.position = %b"  # noqa: S608 - constant columns


class ViewReader:
    """A small pool of sessions. A lost session is replaced, and the read repeated.

    Args:
        url: the database as the role `pencere_reader`.
        connections: how many statements may run at a time.
        patience: seconds for which a read is repeated while the database is away, before LedgerUnavailableError.
    """

    def __init__(self, url: str, *, connections: int = 4, patience: float = 30) -> None:
        self._patience = patience
        self._pool = SessionPool(url, VIEWS.within(patience), most=connections)

    async def open(self) -> None:
        """Connect.

        Raises:
            LedgerUnavailableError: the database cannot be reached.
        """
        await self.fetch("SELECT true")

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def entry(self, position: int) -> TupleRow:
        """Return the row of the entry at a position that has one, as `COLUMNS` orders it."""
        [row] = await self.fetch(_ENTRY, [position])
        return row

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of a query.

        Raises:
            LedgerUnavailableError: the database did not answer in time.
            LedgerClosedError: the reader is closed.
        """
        encoded = query.encode()
        patience = Patience(self._patience, LedgerUnavailableError)
        return await patience.ask(lambda: self._pool.rows(encoded, parameters))
