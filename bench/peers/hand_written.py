"""The same rows in hand-written batches of a hundred: one connection, one statement a commit, no promises."""

import time

import psycopg

from bench.callers import WARM_UP
from bench.figures import Measured
from bench.parts import Author
from ledger.postgresql import arrays

BATCH = 100
TABLES = """
CREATE SCHEMA written;
CREATE TABLE written.events (
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
_INSERT = "INSERT INTO written.events SELECT * FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b)"


async def measure(owner_url: str, seconds: float) -> Measured:
    """Return how many rows a second one connection writes."""
    authors = [Author() for _ in range(BATCH)]
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute(TABLES)
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute("SET jit = off")
        arrays.register(connection)
        rows, position = 0, 0
        begin = time.perf_counter() + WARM_UP * seconds
        end = begin + seconds
        while time.perf_counter() < end:
            streams, versions, topics, opens, sealeds, salts = zip(*[a.next_event() for a in authors], strict=True)
            now = time.time_ns() // 1000
            await connection.execute(
                _INSERT,
                (
                    arrays.int8s(range(position + 1, position + 1 + BATCH)),
                    arrays.uuids(streams),
                    arrays.int8s(versions),
                    arrays.int8s([now] * BATCH),
                    arrays.texts(topics),
                    arrays.byteas(salts),
                    arrays.byteas(opens),
                    arrays.byteas(sealeds),
                ),
                prepare=True,
            )
            position += BATCH
            if begin <= time.perf_counter() < end:
                rows += BATCH
        return Measured(rows / seconds)
