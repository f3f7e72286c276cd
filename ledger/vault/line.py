"""A connection to the vault's database that reconnects by itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from psycopg.rows import TupleRow

from ledger.postgresql.kinds import VAULT, VAULT_VACUUM
from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.postgresql.patience import Patience
from ledger.postgresql.session import open_async
from ledger.refusals import AwayError

_OF_PERSONS: Final = "vault.keys, vault.recipients, vault.offers, vault.identifiers, vault.conflicts"
"""The tables whose rows go with a person's keys."""


class VaultUnavailableError(AwayError):
    """The vault's database did not answer in time; the request may be repeated."""


class VaultLine:
    """One connection; each statement is a transaction, and is sent again when the connection is lost.

    So use it only for statements that may run twice.

    Args:
        url: the database, as the vault's role.
        patience: seconds for which a statement is sent again while the database is away.
    """

    def __init__(self, url: str, *, patience: float = 10) -> None:
        self._url, self._patience = url, patience
        kind = VAULT.within(patience)
        self._line = Line(url, kind)
        self._longest_turn = patience + kind.answer_within
        self._one_at_a_time = asyncio.Lock()
        self.sent = 0

    async def run(self, statement: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the statement's rows; its changes are durable then.

        Raises:
            VaultUnavailableError: the database stays away for longer than `patience`.
        """
        encoded = statement.encode()
        patience = Patience(self._patience, VaultUnavailableError)  # begins here: waiting for a turn counts
        async with self._turn():
            return await patience.ask(lambda: self._send(encoded, parameters))

    async def vacuum(self) -> None:
        """Remove deleted rows from the pages of tables and indexes.

        Raises:
            VaultUnavailableError: this failed; autovacuum will do it later.
        """
        with translated(VaultUnavailableError):
            async with await open_async(self._url, VAULT_VACUUM) as session:
                await session.execute(f"VACUUM (INDEX_CLEANUP on, TRUNCATE off) {_OF_PERSONS}")

    async def close(self) -> None:
        """Disconnect, after the statement that is running."""
        try:
            async with self._one_at_a_time:
                pass  # that statement has its answer
        finally:
            await self._line.drop()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Reserve the connection for the block; raise when the wait is longer than one turn may last."""
        try:
            async with asyncio.timeout(self._longest_turn if self._one_at_a_time.locked() else None):
                await self._one_at_a_time.acquire()
        except TimeoutError:
            raise VaultUnavailableError("the vault did not answer those before in time") from None
        try:
            yield
        finally:
            self._one_at_a_time.release()

    async def _send(self, statement: bytes, parameters: Sequence[object]) -> list[TupleRow]:
        session = await self._line.session()
        self.sent += 1
        return await session.rows(statement, parameters)
