"""The eventsourcing package's recorder for PostgreSQL, called by threads because it is synchronous."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from bench.callers import keep_asking_in_threads
from bench.figures import Measured
from bench.parts import Author


def measure(owner_url: str, callers: int, seconds: float, *, functions: bool = False) -> Measured:
    """Return the figures of threads that each insert one event after the other.

    Args:
        owner_url: a database in which the recorder may create its table.
        callers: how many threads.
        seconds: for how long.
        functions: whether the recorder uses its database functions. With them it takes no lock, and a following
            reader misses events.
    """
    with _recorder(owner_url, callers, functions=functions) as recorder:
        return keep_asking_in_threads([_insert(recorder) for _ in range(callers)], seconds)


def _insert(recorder: PostgresApplicationRecorder) -> Callable[[], object]:
    author = Author()

    def insert() -> object:
        event = author.next_event()
        state = event.salt + event.open + event.sealed
        return recorder.insert_events([StoredEvent(event.stream, event.version, event.topic, state)])

    return insert


@contextmanager
def _recorder(owner_url: str, connections: int, *, functions: bool) -> Iterator[PostgresApplicationRecorder]:
    parts = conninfo_to_dict(owner_url)
    with PostgresDatastore(
        str(parts["dbname"]),
        str(parts["host"]),
        "",
        str(parts["user"]),
        str(parts["password"]),
        pool_size=connections,
        schema="stock",
        enable_db_functions=functions,
    ) as datastore:
        with datastore.transaction(commit=True) as cursor:
            cursor.execute("CREATE SCHEMA stock")
        recorder = PostgresApplicationRecorder(datastore)
        recorder.create_table()
        yield recorder
