#!/usr/bin/env python3
"""Keeps a table up to date with the window, each event exactly once: `python case_table.py AGENCY`."""

import sys
from collections.abc import Mapping, Sequence

import psycopg

from pencere_subscriber import Event, Subscriber, topic_of

TABLES = """
    CREATE TABLE IF NOT EXISTS cases (
        case_id uuid PRIMARY KEY, reference text, service text, last_event text, changed_at timestamptz, events int
    );
    CREATE TABLE IF NOT EXISTS places (partition int PRIMARY KEY, sequence bigint NOT NULL);
"""
TAKE = """
    INSERT INTO places VALUES (%s, %s)
    ON CONFLICT (partition) DO UPDATE SET sequence = excluded.sequence WHERE places.sequence < excluded.sequence
"""
CHANGE = """
    INSERT INTO cases VALUES (%s, %s, %s, %s, %s, 1)
    ON CONFLICT (case_id) DO UPDATE SET
        last_event = excluded.last_event, changed_at = excluded.changed_at, events = cases.events + 1
"""


class CaseTable:
    """The table, and the last event in it from each partition."""

    def __init__(self) -> None:
        self.connection = psycopg.connect(autocommit=True)  # PGDATABASE and similar variables say where
        self.connection.execute(TABLES)

    def places(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Return the last sequence in the table for each partition; it changes in the same transaction as the rows."""
        wanted = "SELECT partition, sequence FROM places WHERE partition = ANY (%s)"
        return dict(self.connection.execute(wanted, [list(partitions)]).fetchall())

    def handle(self, event: Event) -> None:
        """Store an event, once."""
        if not self.connection.execute(TAKE, (event.partition, event.sequence)).rowcount:
            return  # another of our processes has stored it meanwhile
        if event.type.startswith("case."):
            told = event.document["data"]  # `reference` and `service` are in the first event of a case
            row = (event.case_id, told.get("reference"), told.get("service"), event.type, event.time)
            self.connection.execute(CHANGE, row)


def main(agency: str) -> None:
    """Follow the agency's topic until stopped."""
    table = CaseTable()
    with Subscriber(topic_of(agency), f"agency-{agency}.cases", positions=table.places) as subscriber:
        subscriber.run(table.handle, transaction=table.connection.transaction)


if __name__ == "__main__":
    main(sys.argv[1])
