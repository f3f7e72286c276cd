"""The audit at the end of every fault test: what must hold for a ledger, whatever happened to it."""

from collections.abc import Mapping

import psycopg

_RULES = {
    "positions are 1..n": """
        SELECT count(*) = coalesce(max(position), 0) AND coalesce(min(position), 1) = 1 FROM ledger.events""",
    "the head is at the last position": """
        SELECT h.position = coalesce((SELECT max(position) FROM ledger.events), 0) FROM ledger.head h""",
    "the head's time is not before the last event's": """
        SELECT h.recorded_at >= coalesce((SELECT max(recorded_at) FROM ledger.events), 0) FROM ledger.head h""",
    "versions are gapless from 1 in every stream": """
        SELECT NOT EXISTS (SELECT FROM ledger.events GROUP BY stream
                           HAVING min(version) <> 1 OR max(version) <> count(*))""",
    "versions rise with the position": """
        SELECT coalesce(bool_and(version = before + 1), true) FROM (
            SELECT version, lag(version, 1, 0::bigint) OVER (PARTITION BY stream ORDER BY position) AS before
              FROM ledger.events) AS stepped""",
    "recorded_at never decreases with the position": """
        SELECT coalesce(bool_and(recorded_at >= before), true) FROM (
            SELECT recorded_at, lag(recorded_at, 1, 0::bigint) OVER (ORDER BY position) AS before
              FROM ledger.events) AS stepped""",
    "no event is there twice": "SELECT count(*) = count(DISTINCT salt) FROM ledger.events",
    "every idempotency key leads to an event": """
        SELECT NOT EXISTS (SELECT FROM ledger.idempotency_keys k
                           WHERE NOT EXISTS (SELECT FROM ledger.events e WHERE e.position = k.position))""",
}


def check_ledger(url: str, acknowledged: Mapping[bytes, int] | None = None) -> int:
    """Check every rule of the ledger, and that each acknowledged salt is at the answered position.

    Returns:
        The position of the last event.
    """
    with psycopg.connect(url) as connection:
        broken = [rule for rule, query in _RULES.items() if connection.execute(query.encode()).fetchone() != (True,)]
        rows = connection.execute("SELECT salt, position FROM ledger.events").fetchall()
    stored: dict[bytes, int] = dict(rows)
    lost = [position for salt, position in (acknowledged or {}).items() if stored.get(salt) != position]

    assert broken == [], broken
    assert lost == [], (
        f"{len(lost)} of {len(acknowledged or {})} acknowledged events are not where they were said to be"
    )
    return len(rows)
