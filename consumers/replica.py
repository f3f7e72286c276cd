"""Feeds a replica's views from Kafka: processes share the partitions, and each stores its place with its rows."""

import logging
import threading
from collections.abc import Collection
from typing import Final

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError

from consumers.kafka_settings import LEDGER, KafkaSettings
from ledger.store.entry_bytes import unpacked
from projections.replica import PartitionMovedError, Place, Replica, ReplicaUnavailableError

GROUP: Final = "replica"
_POLL: Final = 500  # milliseconds
_MOST: Final = 2000
_PAUSE: Final = 0.5
_log = logging.getLogger(__name__)


class ReplicaFeeder:
    """Folds incoming events while it runs.

    Args:
        url: the replica's database as the role `pencere_projector`.
        settings: where Kafka is.
    """

    def __init__(self, url: str, settings: KafkaSettings, group: str = GROUP) -> None:
        self._url, self._settings, self._group = url, settings, group
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon: after the present batch."""
        self._stopping.set()

    def run(self) -> None:
        """Follow until stopped; wait while a database or broker is away."""
        while not self._stopping.is_set():
            try:
                with Replica(self._url) as replica:
                    self._follow(replica)
            except (KafkaError, ReplicaUnavailableError, PartitionMovedError) as error:
                _log.warning("the replica begins anew: %s", type(error).__name__)
                self._stopping.wait(_PAUSE)  # back-off while the database or the broker is away

    def _follow(self, replica: Replica) -> None:
        consumer = KafkaConsumer(
            **self._settings.client(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            partition_assignment_strategy=(CooperativeStickyAssignor,),
            max_poll_records=_MOST,
            # A killed process keeps its partitions for this long; the default is 45 s.
            session_timeout_ms=6000,
            heartbeat_interval_ms=1500,
        )
        own = _Own(consumer, replica)
        try:
            consumer.subscribe([LEDGER], listener=own)
            while not self._stopping.is_set():
                for partition, records in consumer.poll(timeout_ms=_POLL).items():
                    if partition.partition not in own.places:
                        continue  # the partition was taken from us while this was fetched
                    entries = [unpacked(record.value) for record in records]
                    before = own.places[partition.partition]
                    next_offset = records[-1].offset + 1
                    own.places[partition.partition] = replica.fold(partition.partition, before, entries, next_offset)
                _finish_joining(consumer)
        finally:
            consumer.close(autocommit=False)


class _Own(ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python has no types
    """The partitions of this process, each at the place up to which its rows are stored."""

    def __init__(self, consumer: KafkaConsumer, replica: Replica) -> None:
        self._consumer, self._replica = consumer, replica
        self.places: dict[int, Place] = {}

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Go on from the place in the database, not from the one that Kafka has stored."""
        for partition in assigned:
            place = self.places[partition.partition] = self._replica.place(partition.partition)
            self._consumer.seek(partition, place.next_offset)

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Forget the places: the next owner of these partitions moves them."""
        for partition in revoked:
            self.places.pop(partition.partition, None)


def _finish_joining(consumer: KafkaConsumer) -> None:
    """Finish a rebalance that kafka-python (3.0.12) has forgotten.

    When it joins again because the topic was created, and the group's answer comes after the poll that asked, it
    assumes that nothing is left to do, and stops reading. The agencies' kit does the same.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no public way to see or ask for a rebalance
    if coordinator.rebalance_in_progress() and not coordinator.need_rejoin():
        coordinator.request_rejoin()
