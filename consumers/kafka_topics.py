"""Topics: creates missing ones, never changes any."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaConnectionError, TopicAlreadyExistsError

from consumers.kafka_settings import AUDIT, LARGEST, LEDGER, PARTITIONS, KafkaSettings, topic_of

# Delete only by age: a compacted topic would delete every event of a case but the last.
_CONFIGURATION = {"cleanup.policy": "delete", "retention.ms": "-1", "max.message.bytes": str(LARGEST)}

EVIDENCE_KEPT: Final = timedelta(days=7)
"""How long a broker keeps what the window and a resource say: who asks again is answered again."""


class Topics:
    """The topics that exist, and how many partitions each has.

    Args:
        settings: where Kafka is; the user may create topics, or the topics exist already.
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
        """Return whether our own replicas are fed, which means that their topic exists."""
        return LEDGER in self.partitions

    def have(self, agencies: Collection[str]) -> None:
        """Make sure that each of these agencies has a topic.

        Raises:
            KafkaError: a topic is missing and cannot be created.
        """
        self.make([topic_of(agency) for agency in sorted(agencies)])

    def make(
        self, names: Collection[str], partitions: int = PARTITIONS, *, kept_for: timedelta | None = None
    ) -> list[str]:
        """Create the missing topics; return their names. Without a time they keep what they hold for ever."""
        configuration = dict(_CONFIGURATION)
        if kept_for is not None:
            configuration["retention.ms"] = str(kept_for // timedelta(milliseconds=1))
        missing = [name for name in names if name not in self.partitions]
        for name in missing:
            with suppress(TopicAlreadyExistsError):  # another process was first
                self._admin.create_topics({name: {"num_partitions": partitions, "configs": configuration}})
        if missing:
            self._admin.wait_for_topics(missing)
            self._look()
        return missing

    def _look(self) -> None:
        for topic in self._admin.describe_topics():
            self.partitions[topic["name"]] = len(topic["partitions"])
