"""Measures a filled database: reads of streams and of pages, appends to old cases, and its size."""

import random
from collections.abc import Sequence
from typing import NamedTuple

import psycopg
from psycopg.rows import TupleRow

from bench.append import CALLERS
from bench.callers import keep_asking
from bench.figures import Measured
from bench.growth.cases import Cases
from bench.growth.layouts import Layout
from ledger.store.entries import COLUMNS
from ledger.store.ledger import Ledger

_PAGE = f"SELECT {COLUMNS} FROM ledger.events e WHERE position > %b ORDER BY position LIMIT 1000"  # noqa: S608 - constant
_SIZES = """
SELECT sum(pg_table_size(c.oid)) FILTER (WHERE c.relname <> 'idempotency_keys')::bigint,
       sum(pg_indexes_size(c.oid)) FILTER (WHERE c.relname <> 'idempotency_keys')::bigint,
       sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relname = 'idempotency_keys')::bigint
  FROM pg_class c WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r'
"""
# As in the product's own reader.
_PLANS = (
    "plan_cache_mode=force_generic_plan",
    "jit=off",
    "enable_seqscan=off",
    "enable_bitmapscan=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
)


class Figures(NamedTuple):
    """One round: one reader reads streams and pages of a thousand, 32 callers append events."""

    stream: Measured
    page: Measured
    append: Measured


class Sizes(NamedTuple):
    """Bytes of the event table, of its indexes, and of the idempotency keys with their indexes."""

    table: int
    indexes: int
    keys: int


def sizes(owner_url: str) -> Sizes:
    """Return the sizes of the ledger."""
    with psycopg.connect(owner_url) as owner:
        return Sizes(*owner.execute(_SIZES).fetchall()[0])


async def figures(writer_url: str, layout: Layout, cases: Cases, seconds: float) -> Figures:
    """Return the figures of one round: reads first, because appends change what is read."""
    options = " ".join(f"-c {setting}" for setting in _PLANS)
    async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True, options=options) as connection:

        async def fetch(query: str, parameters: Sequence[object]) -> list[TupleRow]:
            cursor = await connection.execute(query.encode(), parameters, prepare=True, binary=True)
            return await cursor.fetchall()

        last = (await fetch("SELECT position FROM ledger.head", []))[0][0]
        drawn = random.Random(last)  # noqa: S311 - which pages are read is no secret
        stream = await keep_asking([lambda: fetch(layout.read_stream, [cases.next_stream()])], seconds)
        page = await keep_asking([lambda: fetch(_PAGE, [drawn.randint(0, max(last - 1000, 0))])], seconds)
    async with Ledger(writer_url) as ledger:
        callers = [lambda: ledger.append([cases.next_event()], key=cases.next_key()) for _ in range(CALLERS)]
        return Figures(stream, page, await keep_asking(callers, seconds))
