"""Reads topics with a plain client."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from consumers.kafka_settings import AUDIT, EVENTS, KafkaSettings


class Found(NamedTuple):
    """A record, with the contents of its headers."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: dict[str, str]

    @property
    def sequence(self) -> int:
        """The agency's number."""
        return int(self.headers["ce_sequence"])

    @property
    def previous(self) -> int:
        """The number of the record before it on its partition."""
        return int(self.headers["ce_previous"])

    @property
    def position(self) -> int:
        """The event's position in the ledger."""
        return int(self.headers["ce_position"])


class Broker(NamedTuple):
    """A broker that tests share."""

    settings: KafkaSettings

    def read(self, topics: Sequence[str]) -> list[Found]:
        """Return all records of the topics, partition by partition."""
        consumer = KafkaConsumer(**self.settings.client(), enable_auto_commit=False, auto_offset_reset="earliest")
        try:
            return list(_all(consumer, topics))
        finally:
            consumer.close()

    def forget(self) -> None:
        """Delete our topics, so that the next test starts without them."""
        admin = KafkaAdminClient(**self.settings.client())
        try:
            names = [topic["name"] for topic in admin.describe_topics()]
            ours = [name for name in names if name.startswith(("pencere.",))]
            if ours:
                admin.delete_topics(ours)
            while any(topic["name"] in ours for topic in admin.describe_topics()):
                pass
        finally:
            admin.close()

    def offsets(self, topic: str) -> list[tuple[int, int]]:
        """Return partition and offset of each record of a topic."""
        return [(found.partition, found.offset) for found in self.read([topic])]

    def events(self) -> dict[str, list[Found]]:
        """Return the records of each agency's topic, and of the auditors'."""
        admin = KafkaAdminClient(**self.settings.client())
        try:
            names = [topic["name"] for topic in admin.describe_topics()]
        finally:
            admin.close()
        return {name: self.read([name]) for name in names if name.startswith(EVENTS) or name == AUDIT}


def _all(consumer: KafkaConsumer, topics: Sequence[str]) -> Iterator[Found]:
    partitions = [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                headers = {name: value.decode() for name, value in record.headers}
                yield Found(record.topic, record.partition, record.offset, record.key.decode(), record.value, headers)
