"""The agency's database, and what must be in it."""

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

import psycopg

from tests.kafka.subscriber.press import Press

TABLES: Final = """
    CREATE TABLE IF NOT EXISTS place (partition int PRIMARY KEY, sequence bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS handled (
        serial bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT clock_timestamp(),
        member text, sequence bigint, partition int, case_id uuid, position bigint)"""
PLACES: Final = "SELECT partition, sequence FROM place WHERE partition = ANY(%s)"
_LONGEST_PAUSE: Final = """
    SELECT coalesce(max(extract(epoch FROM pause)), 0) FROM (
        SELECT at - lag(at) OVER (ORDER BY serial) AS pause FROM handled WHERE serial >= %s) AS pauses"""
_PATIENCE = 90.0


class Told(NamedTuple):
    """A row."""

    sequence: int
    case_id: str
    position: int


class Table:
    """The events that an agency's processes have stored."""

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
        """Return the processes that have stored something."""
        return {name for (name,) in self.connection.execute("SELECT DISTINCT member FROM handled")}

    def wait_for(self, count: int, within: float = _PATIENCE) -> None:
        """Wait until there are so many rows."""
        give_up_at = time.monotonic() + within
        while (there := self.count()) < count:
            assert time.monotonic() < give_up_at, f"{there} of {count} rows after {within} s"
            time.sleep(0.02)  # between two checks

    def wait_for_member(self, process: int, within: float = _PATIENCE) -> None:
        """Wait until a process has stored something."""
        give_up_at = time.monotonic() + within
        while str(process) not in self.members():
            assert time.monotonic() < give_up_at, f"{process} has taken in nothing after {within} s"
            time.sleep(0.02)  # between two checks

    def sequences(self) -> list[int]:
        """Return the numbers of the stored events, each as often as it was stored."""
        return [number for (number,) in self.connection.execute("SELECT sequence FROM handled ORDER BY sequence")]

    def told(self) -> list[Told]:
        """Return the stored events in the order of storing."""
        query = "SELECT sequence, case_id::text, position FROM handled ORDER BY serial"
        return [Told(*row) for row in self.connection.execute(query)]

    def last(self) -> int:
        """Return the serial number of the last row; 0 if there is none. Storing that fails leaves numbers out."""
        row = self.connection.execute("SELECT coalesce(max(serial), 0) FROM handled").fetchone()
        assert row is not None
        return int(row[0])

    def longest_pause(self, since: int) -> float:
        """Return the longest time in seconds between two rows, from the row with a serial number on."""
        row = self.connection.execute(_LONGEST_PAUSE, [since]).fetchone()
        assert row is not None
        return float(row[0])

    def must_hold(self, press: Press, without: Sequence[int] = ()) -> None:
        """Check that every event is there once, and each case's events are in order."""
        printed = [record for record in press.printed if record.sequence not in without]
        cases: defaultdict[str, list[int]] = defaultdict(list)
        for told in self.told():
            cases[told.case_id].append(told.position)
        expected: defaultdict[str, list[int]] = defaultdict(list)
        for record in printed:
            expected[record.key.decode()].append(record.position)

        assert self.sequences() == [record.sequence for record in printed]
        assert cases == expected
