"""Topics: made where they are missing, never changed."""

from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaConnectionError, TopicAlreadyExistsError

from consumers.kafka_settings import AUDIT, LARGEST, LEDGER, PARTITIONS, KafkaSettings, topic_of

# Deleting by age only: a compacted topic would throw an event away that a later one of the same case follows.
_CONFIGURATION = {"cleanup.policy": "delete", "retention.ms": "-1", "max.message.bytes": str(LARGEST)}


class Topics:
    """The topics that are there, and how many partitions each has.

    Args:
        settings: where Kafka is, as somebody who may make topics or finds them made.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self.partitions: dict[str, int] = {}
        self.just_made: list[str] = []

    def __enter__(self) -> Self:
        try:
            self._admin = KafkaAdminClient(**self._settings.client())
        except OSError as error:
            raise KafkaConnectionError(str(error)) from error
        try:
            self._look()
            self.just_made = self.make([AUDIT])
        except BaseException:
            self._admin.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._admin.close()

    @property
    def have_ledger(self) -> bool:
        """Return whether replicas of our own are fed: whether their topic is there."""
        return LEDGER in self.partitions

    def have(self, agencies: Collection[str]) -> None:
        """Have a topic for each of these agencies.

        Raises:
            KafkaError: one is missing and cannot be made.
        """
        self.make([topic_of(agency) for agency in sorted(agencies)])

    def make(self, names: Collection[str], partitions: int = PARTITIONS) -> list[str]:
        """Make those of the topics that are missing; return their names."""
        missing = [name for name in names if name not in self.partitions]
        for name in missing:
            with suppress(TopicAlreadyExistsError):  # another process was first
                self._admin.create_topics({name: {"num_partitions": partitions, "configs": _CONFIGURATION}})
        if missing:
            self._admin.wait_for_topics(missing)
            self._look()
        return missing

    def _look(self) -> None:
        for topic in self._admin.describe_topics():
            self.partitions[topic["name"]] = len(topic["partitions"])
