"""A database of one layout, filled with events and idempotency keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from bench.filler.copying import fill
from bench.growth.layouts import Layout
from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, EmbeddedPostgres

_KEYS = """
INSERT INTO ledger.idempotency_keys (key, body, position)
SELECT gen_random_uuid(), gen_random_uuid(), position FROM ledger.head CROSS JOIN generate_series(1, %s) AS back
"""


@contextmanager
def filled(
    embedded: EmbeddedPostgres, layout: Layout, events: int, keys: int, progress: Callable[[int], None]
) -> Iterator[str]:
    """Give the name of such a database; it is dropped at the end.

    Args:
        embedded: the clusters.
        layout: the layout of the event table.
        events: how many.
        keys: how many idempotency keys are stored, at random places of their index.
        progress: called with the number of events so far.
    """
    name = f"growth_{layout.name.replace('-', '_')}_{events}"
    with psycopg.connect(embedded.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        admin.execute(drop)
        create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(LEDGER_DATABASE)))
        owner_url = embedded.ledger_url("pencere_owner", name)
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(layout.made_by.encode())
            fill(owner_url, events, progress=progress)
            owner.execute(layout.after_fill.encode())
            owner.execute(_KEYS, [keys])
            owner.execute("VACUUM (ANALYZE) ledger.idempotency_keys")
        try:
            yield name
        finally:
            admin.execute(drop)
