"""Publishes the ledger to Kafka: each agency's events to its own topic, everything to the auditors'.

The event log is the outbox. Events are sent in rounds, in position order. A whole round is acknowledged before the next
one is handed over, and its records for one partition are one batch of the producer: when a batch fails, nothing that
comes after it has been sent. Then the next publisher sends the round again, with the same ids and numbers.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from consumers.kafka_settings import LARGEST, KafkaSettings
from consumers.kafka_topics import Topics
from consumers.rounds import Numbers, Round
from ledger.channels.outbox import Outbox, OutboxMovedError, OutboxUnavailableError
from ledger.published.concerning import read
from ledger.refusals import LedgerUnavailableError
from ledger.store.threads import ThreadedLedger

CHANNEL: Final = "kafka"
_AT_ONCE: Final = 2000
_STAND_BY: Final = 1.0
_PAUSE: Final = 0.5
_TELL_AFTER: Final = 0.2
_LOOK: Final = 0.25  # seconds after which a flush checks whether it should end
_LAST_ROUND: Final = 4.0  # seconds that the present round may take when the publisher should end
_FOREVER: Final = (1 << 31) - 1  # milliseconds: a record that is not acknowledged is never given up
_AGAIN = (KafkaError, OutboxUnavailableError, OutboxMovedError, LedgerUnavailableError)
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with the position up to which everything is acknowledged, and the ledger's last one."""


class Publisher:
    """Publishes while it runs, or stands by while another process does.

    Args:
        url: the database as the role `pencere_projector`.
        settings: where Kafka is.
        progress: called with the progress.
    """

    def __init__(self, url: str, settings: KafkaSettings, progress: Progress = lambda _done, _head: None) -> None:
        self._url, self._settings, self._progress = url, settings, progress
        self._stopping, self._tell_at = threading.Event(), 0.0

    def stop(self) -> None:
        """End soon: after the present round, if it is acknowledged soon; else the next run sends it again."""
        self._stopping.set()

    def run(self, *, until: int | None = None) -> int:
        """Publish until stopped, or until everything up to a position is acknowledged; return how far that is.

        It waits for a database or broker that is away.

        Raises:
            PartitionsChangedError: a topic has changed; a person must repair it.
        """
        while not self._stopping.is_set():
            try:
                with Outbox(self._url, CHANNEL) as outbox:
                    if self._is_elected(outbox):
                        return self._publish(outbox, until)
            except _AGAIN as error:
                _log.warning("publishing begins anew: %s", type(error).__name__)
                self._stopping.wait(_PAUSE)  # back-off while the database or the broker is away
        return 0

    def _is_elected(self, outbox: Outbox) -> bool:
        while not self._stopping.is_set():
            if outbox.elect():
                return True
            self._stopping.wait(_STAND_BY)  # another process publishes; its lock ends with its session
        return False

    def _publish(self, outbox: Outbox, until: int | None) -> int:
        position, known = outbox.standing()
        with ThreadedLedger(self._url) as ledger, Topics(self._settings) as topics:
            numbers = Numbers(known, topics.partitions, with_ledger=topics.have_ledger)
            producer = self._producer()
            try:
                rounds = _rounds(ledger, topics, numbers, position)
                each = next(rounds)
                while not self._stopping.is_set() and (until is None or position < until):
                    if each is None:
                        ledger.wait_beyond(position, _STAND_BY)
                        each = next(rounds)
                        continue
                    sent = _hand_over(producer, each)
                    with self._flushed(producer):
                        # A publisher that is behind prepares the next round meanwhile. Else it waits for new events.
                        following = next(rounds) if len(each.records) >= _AT_ONCE else None
                    _check(sent)
                    outbox.commit(position, each.position, each.changed)
                    position = each.position
                    self._tell(position, ledger)
                    each = following if following is not None else next(rounds)
                self._progress(position, ledger.head())
            finally:
                _close(producer)
        return position

    @contextmanager
    def _flushed(self, producer: KafkaProducer) -> Iterator[None]:
        """At the end of the block, wait until everything is acknowledged or has failed."""
        # After a crash before that, some partitions have their part of the round and some do not. It is sent again.
        with ThreadPoolExecutor(1, "flush") as beside:
            flushing = beside.submit(self._flush, producer)
            yield
            flushing.result()

    def _flush(self, producer: KafkaProducer) -> None:
        """Return when everything is acknowledged or has failed.

        Raises:
            KafkaTimeoutError: the publisher should end, and the broker has not answered for some seconds since.
        """
        give_up_at: float | None = None
        while True:
            try:
                producer.flush(timeout=_LOOK)
            except KafkaTimeoutError:
                if self._stopping.is_set():
                    give_up_at = give_up_at or time.monotonic() + _LAST_ROUND
                    if time.monotonic() > give_up_at:
                        raise
            else:
                return

    def _tell(self, position: int, ledger: ThreadedLedger) -> None:
        """Report the progress from time to time."""
        if time.monotonic() >= self._tell_at:
            self._progress(position, ledger.head())
            self._tell_at = time.monotonic() + _TELL_AFTER

    def _producer(self) -> KafkaProducer:
        return KafkaProducer(
            **self._settings.client(),
            enable_idempotence=True,
            acks="all",
            delivery_timeout_ms=_FOREVER,
            # A round is flushed as a whole; none of it may be sent earlier.
            linger_ms=60_000,
            batch_size=8 << 20,
            max_request_size=LARGEST,
            max_block_ms=30_000,
        )


def _rounds(ledger: ThreadedLedger, topics: Topics, numbers: Numbers, position: int) -> Iterator[Round | None]:
    """Yield the events after a position, round by round; None whenever there are no new ones."""
    while True:
        entries = ledger.read(position, _AT_ONCE)
        said = [read(entry) for entry in entries]
        topics.have({agency for each in said for agency in each.agencies})
        for each in numbers.rounds(said):
            position = each.position
            yield each
        if not entries:
            yield None


def _hand_over(producer: KafkaProducer, each: Round) -> list[Any]:
    """Give a round to the producer, which holds it until it is flushed."""
    return [
        producer.send(
            record.topic,
            value=record.value,
            key=record.key,
            headers=record.headers,
            partition=record.partition,
            timestamp_ms=record.timestamp_ms,
        )
        for record in each.records
    ]


def _close(producer: KafkaProducer) -> None:
    """Close the producer and drop its unsent records: the next producer sends them again."""
    with suppress(KafkaTimeoutError):
        producer.close(timeout=0)
    # With unsent records kafka-python (3.0.12) leaves its sender running: an old round might follow a newer one.
    producer._sender.force_close()  # noqa: SLF001 - no public method ends it then


def _check(sent: Sequence[Any]) -> None:
    """Return when every record is acknowledged.

    Raises:
        KafkaError: a record was not; none of this round was stored after it on its partition.
    """
    for future in sent:
        if future.exception is not None:
            raise future.exception
