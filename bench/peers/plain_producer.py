"""Sends the same records as the publisher, by kafka-python and nothing else: they are ready in memory.

It is a separate process (`python -m bench.peers.plain_producer`), as the publisher is. It reads nothing meanwhile,
stores no progress, and handles no failures.
"""

import json
import os
import sys
import time
from enum import StrEnum
from typing import Any, Final

from kafka import KafkaProducer

from consumers.kafka_settings import KafkaSettings
from consumers.kafka_topics import Topics
from consumers.rounds import Numbers, Record
from ledger.published.concerning import read
from ledger.store.threads import ThreadedLedger

_AT_ONCE: Final = 2000


class Way(StrEnum):
    """How much the producer collects before it sends."""

    LARGE = "large"
    USUAL = "usual"


_BATCHES: Final[dict[Way, dict[str, Any]]] = {
    Way.LARGE: {"linger_ms": 20, "batch_size": 1 << 20, "max_request_size": 8 << 20},
    Way.USUAL: {},
}


def main(until: int, way: Way) -> None:
    """Print how many records there are, and the seconds after which all were acknowledged."""
    settings = KafkaSettings.read(os.environ)
    if settings is None:
        sys.exit("KAFKA_BOOTSTRAP_SERVERS is not set")
    records = _records(os.environ["DATABASE_URL"], settings, until)
    began = time.perf_counter()
    producer = KafkaProducer(**settings.client(), enable_idempotence=True, acks="all", **_BATCHES[way])
    futures = [
        producer.send(
            record.topic,
            value=record.value,
            key=record.key,
            headers=record.headers,
            partition=record.partition,
            timestamp_ms=record.timestamp_ms,
        )
        for record in records
    ]
    producer.flush()
    took = time.perf_counter() - began
    failed = sum(future.exception is not None for future in futures)
    producer.close()
    print(json.dumps({"records": len(records), "failed": failed, "seconds": took}))


def _records(url: str, settings: KafkaSettings, until: int) -> list[Record]:
    with ThreadedLedger(url) as ledger, Topics(settings) as topics:
        numbers = Numbers({}, topics.partitions, with_ledger=False)
        found: list[Record] = []
        position = 0
        while position < until:
            entries = ledger.read(position, _AT_ONCE)
            found += [record for each in numbers.rounds(list(map(read, entries))) for record in each.records]
            position = entries[-1].position
        return found


if __name__ == "__main__":
    main(int(sys.argv[1]), Way(sys.argv[2]))
