"""A group commit as one writes it in an afternoon: one statement a batch, no checks, no keys, no recovery."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from ledger.postgresql import arrays
from ledger.store.entries import NewEvent

TABLES = """
CREATE SCHEMA naive;
CREATE TABLE naive.head (position bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO naive.head VALUES (0);
CREATE TABLE naive.events (
    position    bigint PRIMARY KEY,
    stream      uuid   NOT NULL,
    version     bigint NOT NULL,
    recorded_at bigint NOT NULL,
    topic       text   NOT NULL,
    salt        bytea  NOT NULL,
    open        bytea  NOT NULL,
    sealed      bytea  NOT NULL,
    UNIQUE (stream, version)
);
"""
_APPEND = """
WITH head AS (UPDATE naive.head SET position = position + %b RETURNING position - %b AS before),
stored AS (
    INSERT INTO naive.events
    SELECT before + o, s, v, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, t, a, p, z
      FROM head, unnest(%b, %b, %b, %b, %b, %b) WITH ORDINALITY AS u (s, v, t, a, p, z, o))
SELECT before FROM head
"""


def make_tables(owner_url: str) -> None:
    """Make its tables, with the ledger's columns."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(TABLES)


class NaiveGroupCommit:
    """Appends events; events that come while one batch is under way go together into the next."""

    def __init__(self, owner_url: str) -> None:
        self._url = owner_url
        self._waiting: list[tuple[NewEvent, asyncio.Future[int]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        await self._connection.execute("SET plan_cache_mode = force_generic_plan")
        await self._connection.execute("SET jit = off")
        arrays.register(self._connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()

    async def append(self, event: NewEvent) -> int:
        """Append the event and return its position once it is durable."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        self._waiting.append((event, answer))
        if self._running is None:
            self._running = loop.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                position = await self._commit([event for event, _ in batch])
            except psycopg.Error as error:
                for _, answer in batch:
                    answer.set_exception(error)
                break
            for number, (_, answer) in enumerate(batch, start=1):
                answer.set_result(position + number)
            await asyncio.sleep(0)  # callers that were answered ask again, and share the next batch
        self._running = None

    async def _commit(self, events: Sequence[NewEvent]) -> int:
        streams, versions, topics, opens, sealeds, salts = zip(*events, strict=True)
        parameters = (
            len(events),
            len(events),
            arrays.uuids(streams),
            arrays.int8s(versions),
            arrays.texts(topics),
            arrays.byteas(salts),
            arrays.byteas(opens),
            arrays.byteas(sealeds),
        )
        cursor: psycopg.AsyncCursor[TupleRow] = await self._connection.execute(
            _APPEND, parameters, prepare=True, binary=True
        )
        return int((await cursor.fetchall())[0][0])
