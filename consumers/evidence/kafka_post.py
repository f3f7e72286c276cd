"""Sends requests to resources by Kafka, and reads their answers; in threads, because the client blocks."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Final, Self
from uuid import UUID

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from consumers.kafka_settings import KafkaSettings
from ledger.published.channels import ANSWERS_PATTERN, requests_topic, resource_of_answers

_POLL: Final = 200  # milliseconds
_LOOK: Final = 1000  # milliseconds; by default a topic that is made later is seen after five minutes
_PATIENCE: Final = 30.0
_PAUSE: Final = 0.5
_GROUP: Final = "pencere-evidence"
_log = logging.getLogger(__name__)

Take = Callable[[str, bytes], Awaitable[None]]
"""Takes in what a resource has said, by the resource's name."""


class KafkaPost:
    """Sends while it is open, and hands over what resources answer.

    Args:
        settings: where Kafka is.
        take: takes in an answer; its errors are repeated until it takes it.
        loop: the event loop that it runs on.
    """

    def __init__(self, settings: KafkaSettings, take: Take, loop: asyncio.AbstractEventLoop) -> None:
        self._settings, self._take, self._loop = settings, take, loop
        self._producer: KafkaProducer | None = None
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._read, name="evidence-answers", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.to_thread(self._end)

    async def post(self, resource: str, message_id: UUID, raw: bytes) -> None:
        """Send a message, and return once the brokers have it.

        Raises:
            KafkaError: they have not taken it in time.
        """
        await asyncio.to_thread(self._send, resource, message_id, raw)

    def _send(self, resource: str, message_id: UUID, raw: bytes) -> None:
        with self._lock:
            if self._producer is None:
                self._producer = KafkaProducer(**self._settings.client(), enable_idempotence=True, acks="all")
            sending = self._producer.send(requests_topic(resource), value=raw, key=str(message_id).encode())
        sending.get(timeout=_PATIENCE)

    def _read(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except KafkaError as error:
                _log.warning("answers are read anew: %s", type(error).__name__)
                self._stopping.wait(_PAUSE)  # back-off while the broker is away

    def _follow(self) -> None:
        consumer = KafkaConsumer(
            **self._settings.client(),
            group_id=_GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            metadata_max_age_ms=_LOOK,
        )
        consumer.subscribe(pattern=ANSWERS_PATTERN)
        try:
            while not self._stopping.is_set():
                for partition, records in consumer.poll(timeout_ms=_POLL).items():
                    for record in records:
                        self._hand_over(resource_of_answers(partition.topic), record.value or b"")
                    # After they were taken in: a crash before this line brings them again, and they change nothing.
                    consumer.commit()
        finally:
            consumer.close(autocommit=False)

    def _hand_over(self, resource: str, raw: bytes) -> None:
        while not self._stopping.is_set():
            taking = asyncio.run_coroutine_threadsafe(self._taken(resource, raw), self._loop)
            try:
                taking.result(timeout=_PATIENCE)
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer must not be lost
                _log.warning("an answer waits: %s", type(error).__name__)
                self._stopping.wait(_PAUSE)
            else:
                return

    async def _taken(self, resource: str, raw: bytes) -> None:
        await self._take(resource, raw)

    def _end(self) -> None:
        self._thread.join(timeout=_PATIENCE)
        if self._producer is not None:
            self._producer.close(timeout=_PATIENCE)
