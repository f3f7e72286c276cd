"""Events that a group has set aside: a separate topic, with the reason in the headers."""

from contextlib import suppress
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, TopicAlreadyExistsError

from pencere_subscriber.errors import DeadLetterError
from pencere_subscriber.settings import Settings

_PATIENCE = 30.0


class DeadLetters:
    """The topic `<topic>.dead.<group>`, created on first use.

    Args:
        settings: where Kafka is; the user may create and write this topic.
        topic: the topic that is read.
        group: the group that reads it.
    """

    def __init__(self, settings: Settings, topic: str, group: str) -> None:
        self._settings, self._group = settings, group
        self.topic = f"{topic}.dead.{group}"
        self._producer: KafkaProducer | None = None

    def put(self, record: Any, reason: str) -> None:
        """Write a record there unchanged; return when it is acknowledged.

        After a crash between this and committing the offset, the record is written once more, with the same `ce_id`.

        Raises:
            DeadLetterError: it is not acknowledged.
        """
        told = {"reason": reason, "group": self._group, "partition": record.partition, "offset": record.offset}
        headers = [*record.headers, *((f"dead_{name}", str(value).encode()) for name, value in told.items())]
        try:
            if self._producer is None:
                self._producer = self._opened()
            self._producer.send(self.topic, key=record.key, value=record.value, headers=headers).get(timeout=_PATIENCE)
        except (KafkaError, OSError) as error:
            raise DeadLetterError(self.topic, error) from error

    def close(self) -> None:
        """Close the connection; everything in it has been acknowledged."""
        if self._producer is not None:
            self._producer.close()

    def _opened(self) -> KafkaProducer:
        admin = KafkaAdminClient(**self._settings.client())
        try:
            with suppress(TopicAlreadyExistsError):
                admin.create_topics({self.topic: {"num_partitions": 1, "configs": {"retention.ms": "-1"}}})
            admin.wait_for_topics([self.topic])
        finally:
            admin.close()
        return KafkaProducer(**self._settings.client(), enable_idempotence=True, acks="all")
