"""Keeps views in a database elsewhere, by the same folds, from the records of partitions instead of the ledger.

The place in each partition commits together with the rows, so a crash leaves both or neither. Several processes may
fold into one database at the same time, each its own partitions.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import REPLICA
from ledger.postgresql.lost import translated
from ledger.postgresql.migrate import serialised
from ledger.postgresql.session import Session
from ledger.refusals import AwayError
from ledger.store.entries import StoredEntry
from projections.folding import folding, statements_of
from projections.folds import ALL_VIEWS
from projections.migrate import migrate_views
from projections.recorded import Batch
from projections.view import View

PARTITIONED_VIEWS: Final = tuple(view for view in ALL_VIEWS if not view.needs_total_order)
"""Views whose rows each belong to one case or stream, or are sums: other cases' order does not matter."""

_TABLE = """
CREATE SCHEMA IF NOT EXISTS replica;
CREATE TABLE IF NOT EXISTS replica.partitions (
    partition   int    PRIMARY KEY,
    position    bigint NOT NULL, -- of the last event that is folded
    next_offset bigint NOT NULL  -- where its records go on
) WITH (fillfactor = 20);
GRANT USAGE ON SCHEMA replica TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE ON replica.partitions TO pencere_projector;
GRANT SELECT ON replica.partitions TO pencere_reader;
"""
_PLACES = "SELECT partition, position, next_offset FROM replica.partitions"
_BEGIN = "INSERT INTO replica.partitions VALUES (%s, 0, 0) ON CONFLICT DO NOTHING"
_MOVE = "UPDATE replica.partitions SET position = %s, next_offset = %s WHERE partition = %s AND position = %s"


class ReplicaUnavailableError(AwayError):
    """The replica's database does not answer. Start again from the place of each partition."""


class PartitionMovedError(Exception):
    """Another process has folded more of the partition."""


class TotalOrderNeededError(Exception):
    """The view depends on the order of events of different streams, so it needs the ledger's own order."""

    def __init__(self, view: str) -> None:
        super().__init__(f"the view {view} needs the ledger's total order and cannot be fed by partitions")


class Place(NamedTuple):
    """The place in a partition: the last folded event, and the offset at which folding goes on."""

    position: int
    next_offset: int


def migrate_replica(owner_url: str, views: Sequence[View] = PARTITIONED_VIEWS) -> list[str]:
    """Make the missing tables of a replica; return the names of what was made.

    Raises:
        TotalOrderNeededError: one of the views cannot be kept from partitions.
    """
    for view in views:
        if view.needs_total_order:
            raise TotalOrderNeededError(view.name)
    with serialised(owner_url) as owner:
        owner.execute(_TABLE.encode())
    return migrate_views(owner_url, views)


class Replica(HeldSession):
    """Folds partitions into the views of a database.

    Args:
        url: the database as the role `pencere_projector`.
        views: the views to keep.
        answer_within: seconds after which a session whose server does not answer counts as lost.

    Raises:
        ReplicaUnavailableError: by any method, when the database does not answer.
    """

    def __init__(
        self, url: str, views: Sequence[View] = PARTITIONED_VIEWS, *, answer_within: float = REPLICA.answer_within
    ) -> None:
        super().__init__(url, REPLICA.within(answer_within), partial(translated, ReplicaUnavailableError))
        self._views, self._statements = views, statements_of(views)

    def places(self) -> Mapping[int, Place]:
        """Return the place in each partition that has begun."""
        return {partition: Place(*place) for partition, *place in self.rows(_PLACES)}

    def place(self, partition: int) -> Place:
        """Return the place in a partition; in a new one, the beginning."""
        self.rows(_BEGIN, [partition])
        return self.places()[partition]

    def fold(self, partition: int, before: Place, entries: Sequence[StoredEntry], next_offset: int) -> Place:
        """Fold entries of a partition in their order; skip those that were folded before.

        Raises:
            PartitionMovedError: the partition is no longer at `before`.
        """
        new = _first_told(entries, before.position)
        after = Place(new[-1].position if new else before.position, next_offset)
        with self.together() as session:
            moved = session.execute(_MOVE, [*after, partition, before.position])
            if moved.rowcount != 1:
                raise PartitionMovedError(partition)
            if new:
                batch = Batch.of(new)
                for view in self._views:
                    self._fold(session, view, batch)
        # The commit point: a crash before it leaves rows and place as they were, and the records are folded again.
        return after

    def _fold(self, session: Session, view: View, batch: Batch) -> None:
        asking = folding(view, batch, self._statements)
        with suppress(StopIteration):
            ask = next(asking)
            while True:
                cursor = session.execute(ask.statement, ask.parameters, prepare=True, binary=True)
                ask = asking.send(cursor.fetchall() if ask.returns_rows else ())


def _first_told(entries: Sequence[StoredEntry], position: int) -> list[StoredEntry]:
    """Skip repeated records: a publisher that was interrupted sends a round again."""
    new = []
    for entry in entries:
        if entry.position > position:
            new.append(entry)
            position = entry.position
    return new
