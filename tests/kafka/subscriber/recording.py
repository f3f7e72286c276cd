"""An agency's service as the kit's README has it, whose table takes everything that it is told, twice if told twice.

Run as a process: `python -m tests.kafka.subscriber.recording DATABASE TOPIC GROUP [MEMBER] [FAULT]`. With a fault it
kills itself at the worst moments.
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

AFTER_COMMIT: Final = "after-commit"
BEFORE_COMMIT: Final = "before-commit"
_TAKE: Final = """
    INSERT INTO place VALUES (%s, %s) ON CONFLICT (partition) DO UPDATE SET sequence = excluded.sequence
    WHERE place.sequence < excluded.sequence"""
_RECORD: Final = "INSERT INTO handled (member, sequence, partition, case_id, number) VALUES (%s, %s, %s, %s, %s)"


class Recording:
    """The agency's table.

    Args:
        database: the agency's own.
        member: which process this is.
        poison: the sequences that cannot be handled.
        fault: when to die, in the second transaction.
    """

    def __init__(
        self, database: str, member: str = "one", poison: Sequence[int] = (), fault: str | None = None
    ) -> None:
        self._member, self._poison, self._fault = member, poison, fault
        self._connection = psycopg.connect(database, autocommit=True)
        self._connection.execute(TABLES)
        self._transactions = 0

    def close(self) -> None:
        self._connection.close()

    def positions(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Return where the table stands."""
        return dict(self._connection.execute(PLACES, [list(partitions)]).fetchall())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._transactions += 1
        is_time = self._transactions > 1
        with self._connection.transaction():
            yield
            if is_time and self._fault == BEFORE_COMMIT:
                os.kill(os.getpid(), signal.SIGKILL)
        if is_time and self._fault == AFTER_COMMIT:
            os.kill(os.getpid(), signal.SIGKILL)

    def handle(self, event: Event) -> None:
        """Take the event in, once."""
        if event.sequence in self._poison:
            raise Poison("not this one")
        if not self._connection.execute(_TAKE, (event.partition, event.sequence)).rowcount:
            return  # somebody else has handled it since this was read
        number = event.document["data"]["number"]
        row = (self._member, event.sequence, event.partition, event.case_id, number)
        self._connection.execute(_RECORD, row)


def main() -> None:
    """Subscribe until stopped."""
    database, topic, group, *rest = sys.argv[1:]
    member = rest[0] if rest and rest[0] else None
    recording = Recording(database, member or str(os.getpid()), fault=rest[1] if rest[1:] else None)
    with Subscriber(topic, Group(group, member, 6.0), positions=recording.positions) as subscriber:
        subscriber.run(recording.handle, transaction=recording.transaction)


if __name__ == "__main__":
    main()
