"""The package's ProjectionRunner on our ledger and with our folds: all views, one event a transaction."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from bench.figures import Measured
from cli.databases import Databases
from ledger.eventsourcing_adapter import LedgerNotification
from ledger.postgresql import arrays
from ledger.store.entries import StoredEntry
from projections.folding import Statements, folding
from projections.folds import ALL_VIEWS
from projections.migrate import schema_of
from projections.recorded import Batch
from projections.table_statements import TableStatements

_PATIENCE = 120


@dataclass(frozen=True)
class Found:
    """An event passed on as it is stored, because the folds parse it."""

    entry: StoredEntry

    @property
    def originator_id(self) -> UUID:
        """The stream."""
        return self.entry.stream

    @property
    def originator_version(self) -> int:
        """The version."""
        return self.entry.version


class PassOn(Mapper[UUID]):
    """Decodes nothing."""

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Return the event as it is stored."""
        if not isinstance(stored_event, LedgerNotification):
            raise TypeError(type(stored_event))
        return Found(stored_event.entry)


class KeptViews(PostgresTrackingRecorder):
    """All views, in separate schemas."""

    def __init__(self, datastore: PostgresDatastore, **rest: Any) -> None:
        super().__init__(datastore, **rest)
        self._statements = _statements()

    def fold(self, entry: StoredEntry, tracking: Tracking) -> None:
        """Fold an event into every view, with the position up to which everything is folded."""
        batch = Batch.of([entry])
        with self.datastore.transaction(commit=True) as tracker:
            self._insert_tracking(tracker, tracking)
            arrays.register(tracker.connection)
            with tracker.connection.cursor(row_factory=tuple_row, binary=True) as cursor:
                for view in ALL_VIEWS:
                    asking, answer = folding(view, batch, self._statements), None
                    with suppress(StopIteration):
                        while True:
                            ask = asking.send(answer) if answer is not None else next(asking)
                            cursor.execute(ask.statement, ask.parameters, prepare=True)
                            answer = cursor.fetchall() if ask.returns_rows else ()


class KeepViews(Projection[KeptViews]):
    """Folds every event."""

    def process_event(self, found: Found, tracking: Tracking) -> None:
        """Fold the event."""
        self.view.fold(found.entry, tracking)


def measure_runner(place: Databases, seconds: float) -> Measured:
    """Return how many events a second the runner folds from the first event on; it is stopped after `seconds`."""
    with psycopg.connect(place.owner, autocommit=True) as owner:
        for schema, made in _schemas().items():
            owner.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; {made}".encode())
        [(head,)] = owner.execute("SELECT position FROM ledger.head").fetchall()
    with ProjectionRunner(
        application_class=Application, projection_class=KeepViews, view_class=KeptViews, env=_environment(place)
    ) as runner:
        runner.wait(1, timeout=_PATIENCE)
        first, began = _folded(runner.view), time.perf_counter()
        while (folded := _folded(runner.view)) < head and time.perf_counter() - began < seconds:
            time.sleep(0.05)  # between two looks
        took = time.perf_counter() - began
    return Measured(
        (folded - first) / took, note=f"stopped after {folded:,} of {head:,} events: the rate is that of these"
    )


def _folded(views: KeptViews) -> int:
    return views.max_tracking_id(Application.name) or 0


def _schemas() -> Mapping[str, str]:
    """Return the schemas and the statements that make them."""
    views = {f"runner_{view.name}": schema_of(view, f"runner_{view.name}") for view in ALL_VIEWS}
    return {"runner": "CREATE SCHEMA runner", **views}


def _statements() -> Statements:
    return {
        (view.name, table.name): TableStatements(f"runner_{view.name}", table)
        for view in ALL_VIEWS
        for table in view.tables
    }


def _environment(place: Databases) -> dict[str, str]:
    parts = {name: str(value) for name, value in conninfo_to_dict(place.owner).items()}
    return {
        "PERSISTENCE_MODULE": "ledger.eventsourcing_adapter",
        "PENCERE_LEDGER_URL": place.reader,
        "MAPPER_TOPIC": f"{PassOn.__module__}:{PassOn.__qualname__}",
        "KEEPVIEWS_PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts["dbname"],
        "POSTGRES_HOST": parts["host"],
        "POSTGRES_PORT": "",
        "POSTGRES_USER": parts["user"],
        "POSTGRES_PASSWORD": parts["password"],
        "POSTGRES_SCHEMA": "runner",
    }
