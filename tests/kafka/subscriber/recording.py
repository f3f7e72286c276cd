"""An agency's service like the kit's example; its table stores every event that it gets, twice if it comes twice.

Run as a process: `python -m tests.kafka.subscriber.recording DATABASE TOPIC GROUP MEMBER MANNER`. The usual manner
keeps the places in the table. `trusting` leaves them to the kit. With the two others, the process kills itself at the
worst moments.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg

from pencere_subscriber import Event, Group, Poison, Subscriber
from tests.kafka.subscriber.table import PLACES, TABLES

USUAL: Final = "usual"
TRUSTING: Final = "trusting"
AFTER_COMMIT: Final = "after-commit"
BEFORE_COMMIT: Final = "before-commit"
_TAKE: Final = """
    INSERT INTO place VALUES (%s, %s) ON CONFLICT (partition) DO UPDATE SET sequence = excluded.sequence
    WHERE place.sequence < excluded.sequence"""
_RECORD: Final = "INSERT INTO handled (member, sequence, partition, case_id, position) VALUES (%s, %s, %s, %s, %s)"


class Recording:
    """The agency's table.

    Args:
        database: the agency's own.
        member: the name of this process.
        poison: the sequences that cannot be handled.
        manner: see above; a process that kills itself does so in the second transaction.
    """

    def __init__(self, database: str, member: str, manner: str = USUAL, poison: Sequence[int] = ()) -> None:
        self._member, self._poison, self._manner = member, poison, manner
        self._connection = psycopg.connect(database, autocommit=True)
        self._connection.execute(TABLES)
        self._transactions = 0

    def close(self) -> None:
        self._connection.close()

    def positions(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Return the places in the table."""
        return dict(self._connection.execute(PLACES, [list(partitions)]).fetchall())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._transactions += 1
        is_time = self._transactions > 1
        with self._connection.transaction():
            yield
            if is_time and self._manner == BEFORE_COMMIT:
                os.kill(os.getpid(), signal.SIGKILL)
        if is_time and self._manner == AFTER_COMMIT:
            os.kill(os.getpid(), signal.SIGKILL)

    def handle(self, event: Event) -> None:
        """Store the event, once."""
        if event.sequence in self._poison:
            raise Poison("not this one")
        if self._manner != TRUSTING:
            taken = self._connection.execute(_TAKE, (event.partition, event.sequence))
            if not taken.rowcount:
                return  # another process has handled it since this one read it
        row = (self._member, event.sequence, event.partition, event.case_id, event.position)
        self._connection.execute(_RECORD, row)


def main() -> None:
    """Subscribe until stopped."""
    database, topic, group, member, manner = sys.argv[1:]
    recording = Recording(database, member or str(os.getpid()), manner)
    positions = None if manner == TRUSTING else recording.positions
    with Subscriber(topic, Group(group, member or None, 6.0), positions=positions) as subscriber:
        subscriber.run(recording.handle, transaction=None if manner == TRUSTING else recording.transaction)


if __name__ == "__main__":
    main()
