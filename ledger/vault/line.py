"""A connection to the vault's database that comes back by itself."""

import asyncio
from collections.abc import Sequence

from psycopg.rows import TupleRow

from ledger.postgresql.kinds import VAULT, VAULT_VACUUM
from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.postgresql.patience import Patience
from ledger.postgresql.session import open_async
from ledger.refusals import AwayError


class VaultUnavailableError(AwayError):
    """The vault's database did not answer in time; whatever was asked may be asked again."""


class VaultLine:
    """One connection; each statement is a transaction, and is sent again when the connection is lost.

    So only statements that may be run twice go over it.

    Args:
        url: the database, as the vault's role.
        patience: seconds for which a statement is sent again while the database is away.
    """

    def __init__(self, url: str, *, patience: float = 10) -> None:
        self._url, self._patience = url, patience
        self._line = Line(url, VAULT.within(patience))
        self._one_at_a_time = asyncio.Lock()
        self.sent = 0

    async def run(self, statement: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the statement's rows; what it did is durable then.

        Raises:
            VaultUnavailableError: when the database stays away for longer than our patience.
        """
        encoded = statement.encode()
        async with self._one_at_a_time:
            patience = Patience(self._patience, VaultUnavailableError)
            return await patience.ask(lambda: self._send(encoded, parameters))

    async def vacuum(self) -> None:
        """Let what was deleted leave the tables' and indexes' pages.

        Raises:
            VaultUnavailableError: when it could not be done; autovacuum will do it then.
        """
        with translated(VaultUnavailableError):
            async with await open_async(self._url, VAULT_VACUUM) as session:
                await session.execute("VACUUM (INDEX_CLEANUP on, TRUNCATE off) vault.keys")

    async def close(self) -> None:
        """Disconnect, after the statement that is under way."""
        async with self._one_at_a_time:
            await self._line.drop()

    async def _send(self, statement: bytes, parameters: Sequence[object]) -> list[TupleRow]:
        session = await self._line.session()
        self.sent += 1
        return await session.rows(statement, parameters)
