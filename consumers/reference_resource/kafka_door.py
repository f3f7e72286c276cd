"""The Kafka side of the reference resource: reads its topic of requests, writes its topic of answers."""

import asyncio
import logging
import threading
from typing import Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from consumers.kafka_settings import KafkaSettings
from consumers.reference_resource.resource import Resource
from domain.evidence.faults import NotAcceptedError
from ledger.published.channels import answers_topic, requests_topic

_POLL: Final = 200  # milliseconds
_LOOK: Final = 1000  # milliseconds
_PAUSE: Final = 0.5
_PATIENCE: Final = 30.0
_log = logging.getLogger(__name__)


class KafkaDoor:
    """Hears what comes while it runs, in a thread of its own, because the client blocks.

    Args:
        resource: what answers.
        settings: where Kafka is; the topics exist.
        loop: the event loop of the resource.
    """

    def __init__(self, resource: Resource, settings: KafkaSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._resource, self._settings, self._loop = resource, settings, loop
        self._name = resource.answering.name
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-door")
        self._producer: KafkaProducer | None = None

    async def __aenter__(self) -> None:
        self._thread.start()

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except KafkaError as error:
                _log.warning("the resource reads Kafka anew: %s", type(error).__name__)
                self._stopping.wait(_PAUSE)  # back-off while the broker is away

    def _follow(self) -> None:
        producer = KafkaProducer(**self._settings.client(), enable_idempotence=True, acks="all")
        self._producer = producer
        consumer = KafkaConsumer(
            **self._settings.client(),
            group_id=f"resource-{self._name}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            metadata_max_age_ms=_LOOK,  # by default a topic that is made later is seen after five minutes
        )
        try:
            self._begin_with(consumer)
            while not self._stopping.is_set():
                for records in consumer.poll(timeout_ms=_POLL).values():
                    for record in records:
                        self._take(record.value or b"")
                    # After the answers: a crash before this line lets the same requests be answered the same again.
                    consumer.commit()
        finally:
            consumer.close(autocommit=False)
            producer.close(timeout=_PATIENCE)

    def _begin_with(self, consumer: KafkaConsumer) -> None:
        """Take the topic's partitions once there are any.

        One process is one reader. The leader of a group that does not know the topic yet would give out nothing.
        """
        topic = requests_topic(self._name)
        while not self._stopping.is_set():
            if found := consumer.partitions_for_topic(topic):
                consumer.assign([TopicPartition(topic, number) for number in sorted(found)])
                return
            self._stopping.wait(_PAUSE)  # until somebody makes the topic

    def _take(self, raw: bytes) -> None:
        asyncio.run_coroutine_threadsafe(self._answer(raw), self._loop).result()

    async def _answer(self, raw: bytes) -> None:
        try:
            said = await self._resource.hear(raw)
            now = self._resource.sealed(said.now) if said.now is not None else None
        except NotAcceptedError as error:
            _log.warning("a message is not accepted: %s", error.fault)
            return
        if now is not None:
            await self._resource.wait()
            await self._say(said.key, now)
        self._resource.say_later(said, self._say)

    async def _say(self, key: str, raw: bytes) -> None:
        producer = self._producer
        if producer is None:
            return

        def send() -> None:
            producer.send(answers_topic(self._name), value=raw, key=key.encode()).get(timeout=_PATIENCE)

        await asyncio.to_thread(send)
