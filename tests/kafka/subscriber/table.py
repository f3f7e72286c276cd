"""The agency's database, and what must be found in it."""

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import psycopg

from tests.kafka.subscriber.press import Press

TABLES: Final = """
    CREATE TABLE IF NOT EXISTS place (partition int PRIMARY KEY, sequence bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS handled (
        serial bigint GENERATED ALWAYS AS IDENTITY,
        member text, sequence bigint, partition int, case_id uuid, number int)"""
PLACES: Final = "SELECT partition, sequence FROM place WHERE partition = ANY(%s)"
_PATIENCE = 90.0


class Table:
    """What an agency's processes have taken in."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.connection = psycopg.connect(database, autocommit=True)
        self.connection.execute(TABLES)

    def close(self) -> None:
        self.connection.close()

    def count(self) -> int:
        """Return how many rows there are."""
        row = self.connection.execute("SELECT count(*) FROM handled").fetchone()
        assert row is not None
        return int(row[0])

    def members(self) -> set[str]:
        """Return the processes that have taken something in."""
        return {name for (name,) in self.connection.execute("SELECT DISTINCT member FROM handled")}

    def wait_for(self, count: int, within: float = _PATIENCE) -> None:
        """Return when there are so many rows."""
        give_up_at = time.monotonic() + within
        while (there := self.count()) < count:
            assert time.monotonic() < give_up_at, f"{there} of {count} rows after {within} s"
            time.sleep(0.02)  # between two looks

    def sequences(self) -> list[int]:
        """Return the numbers of what was taken in, each as often as it was."""
        return [number for (number,) in self.connection.execute("SELECT sequence FROM handled ORDER BY sequence")]

    def must_hold(self, press: Press, without: Sequence[int] = ()) -> None:
        """Every event once, none missing, each case's in their order."""
        printed = [record for record in press.printed if record.sequence not in without]
        cases: defaultdict[str, list[int]] = defaultdict(list)
        for case_id, number in self.connection.execute("SELECT case_id, number FROM handled ORDER BY serial"):
            cases[str(case_id)].append(number)
        expected: defaultdict[str, list[int]] = defaultdict(list)
        for record in printed:
            expected[record.key.decode()].append(record.number)

        assert self.sequences() == [record.sequence for record in printed]
        assert cases == expected
