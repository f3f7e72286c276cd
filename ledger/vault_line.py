"""A connection to the vault's database that comes back by itself."""

import asyncio
import time
from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow

from ledger import arrays
from ledger.refusals import AwayError

_LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.TransactionTimeout, TimeoutError)
_SETTINGS = (
    "plan_cache_mode=force_generic_plan",
    "jit=off",
    "enable_seqscan=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
    "idle_in_transaction_session_timeout=5s",
)


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
        self._connection: psycopg.AsyncConnection[TupleRow] | None = None
        self._one_at_a_time = asyncio.Lock()
        self.sent = 0

    async def run(self, statement: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        """Return the statement's rows; what it did is durable then.

        Raises:
            VaultUnavailableError: when the database stays away for longer than our patience.
        """
        async with self._one_at_a_time:
            give_up_at, pause = time.monotonic() + self._patience, 0.02
            while True:
                try:
                    async with asyncio.timeout(max(give_up_at - time.monotonic(), 1)):
                        return await self._send(statement, parameters)
                except _LOST as error:
                    await self._disconnect()
                    if time.monotonic() + pause > give_up_at:
                        raise VaultUnavailableError("the vault's database did not answer in time") from error
                except BaseException:
                    await self._disconnect()  # cancelled half-way: the connection's state is unknown
                    raise
                await asyncio.sleep(pause)  # back-off before the next try to connect
                pause = min(pause * 2, 0.5)

    async def vacuum(self) -> None:
        """Let what was deleted leave the tables' and indexes' pages.

        Raises:
            VaultUnavailableError: when it could not be done; autovacuum will do it then.
        """
        async with self._one_at_a_time:
            try:
                connection = self._connection or await self._connect()
                await connection.execute("VACUUM (INDEX_CLEANUP on, TRUNCATE off) vault.keys")
            except _LOST as error:
                await self._disconnect()
                raise VaultUnavailableError("the vault's table was not vacuumed") from error

    async def close(self) -> None:
        """Disconnect, after the statement that is under way."""
        async with self._one_at_a_time:
            await self._disconnect()

    async def _send(self, statement: str, parameters: Sequence[object]) -> list[TupleRow]:
        connection = self._connection or await self._connect()
        self.sent += 1
        cursor = await connection.execute(statement.encode(), parameters, prepare=True, binary=True)
        return await cursor.fetchall() if cursor.description else []

    async def _connect(self) -> psycopg.AsyncConnection[TupleRow]:
        self._connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            application_name="pencere vault",
            options=" ".join(f"-c {setting}" for setting in _SETTINGS),
        )
        arrays.register(self._connection)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
