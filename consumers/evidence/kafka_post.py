"""Sends requests to resources by Kafka, and reads their answers; in threads, because the client blocks."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Final, Self
from uuid import UUID

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata
from kafka.errors import KafkaError

from application.faults import described
from application.storing import KeysMissingError
from consumers.kafka_settings import KafkaSettings
from ledger.published.channels import ANSWERS_PATTERN, requests_topic, resource_of_answers
from ledger.refusals import AwayError, LedgerBusyError, LedgerClosedError, VersionConflictError

_POLL: Final = 200  # milliseconds
_LOOK: Final = 1000  # milliseconds; by default a topic that is made later is seen after five minutes
_PATIENCE: Final = 30.0
_LEAVE: Final = 3  # seconds to say goodbye; a broker that is away must not hold up whoever stops us
_PAUSE: Final = 0.5
_BLOCKED: Final = 5000  # milliseconds; by default a topic that is missing holds whoever sends for a minute
_AT_ONCE: Final = 32
_TRIES: Final = 5
_GROUP: Final = "evidence"  # the window's user has the right to it: consumers/kafka_rights.py
_log = logging.getLogger(__name__)

_AGAIN: Final = (
    AwayError,
    LedgerBusyError,
    LedgerClosedError,
    VersionConflictError,
    KeysMissingError,
    TimeoutError,
    CancelledError,
)

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
        self._taking: Future[None] | None = None
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._read, name="evidence-answers", daemon=True)
        self._senders = ThreadPoolExecutor(_AT_ONCE, "evidence-requests")

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._taking is not None:
            self._taking.cancel()  # it is not committed, and comes again
        await asyncio.to_thread(self._end)

    async def post(self, resource: str, message_id: UUID, raw: bytes) -> None:
        """Send a message, and return once the brokers have it.

        Raises:
            KafkaError: they have not taken it in time.
        """
        await self._loop.run_in_executor(self._senders, self._send, resource, message_id, raw)

    def _send(self, resource: str, message_id: UUID, raw: bytes) -> None:
        # Not under the lock: a topic that is missing must hold up nobody else.
        sending = self._open_producer().send(requests_topic(resource), value=raw, key=str(message_id).encode())
        sending.get(timeout=_PATIENCE)

    def _open_producer(self) -> KafkaProducer:
        with self._lock:
            if self._producer is None:
                self._producer = KafkaProducer(
                    **self._settings.client(), enable_idempotence=True, acks="all", max_block_ms=_BLOCKED
                )
            return self._producer

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
                        if not self._hand_over(resource_of_answers(partition.topic), record.value or b""):
                            return  # whoever reads next is given it again
                    # After they were taken in: a crash before this line brings them again, and they change nothing.
                    consumer.commit({partition: OffsetAndMetadata(records[-1].offset + 1, "", -1)})
        finally:
            consumer.close(autocommit=False, timeout_ms=_LEAVE * 1000)

    def _hand_over(self, resource: str, raw: bytes) -> bool:
        """Have a message taken in; return False if it was not, because we are stopping."""
        faults = 0
        while not self._stopping.is_set():
            taking = self._taking = asyncio.run_coroutine_threadsafe(self._taken(resource, raw), self._loop)
            if self._stopping.is_set():  # whoever stops us may have seen only the one before, and cancelled that
                taking.cancel()
            try:
                taking.result(timeout=_PATIENCE)
            except _AGAIN as error:
                taking.cancel()
                _log.warning("an answer of %s waits: %s", resource, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a fault of ours about one answer must not stop all others
                faults += 1
                _log.error("an answer of %s cannot be taken in: %s", resource, described(error))
                if faults == _TRIES:
                    return True
            else:
                return True
            self._stopping.wait(_PAUSE)  # back-off while a database is away
        return False

    async def _taken(self, resource: str, raw: bytes) -> None:
        await self._take(resource, raw)

    def _end(self) -> None:
        self._thread.join(timeout=_PATIENCE)
        self._senders.shutdown(wait=False, cancel_futures=True)
        if self._producer is not None:
            self._producer.close(timeout=_LEAVE)
