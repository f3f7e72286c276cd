"""`python -m bench.peers.plain_exchange SECONDS`: requests in one topic, replies in another, by kafka-python alone.

It prints its figures. So many requests are under way at a time as there are connections in the rows over HTTP.
"""

import json
import os
import sys
import threading
import time
from typing import Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from bench.callers import WARM_UP
from bench.figures import measured
from bench.people import CONNECTIONS
from consumers.kafka_settings import PARTITIONS, KafkaSettings
from consumers.kafka_topics import Topics

_ASKED, _ANSWERED = "bench.asked", "bench.answered"
_BODY: Final = b"x" * 2000


def main(seconds: float) -> None:
    """Print rate, p50 and p99."""
    settings = KafkaSettings.read(os.environ)
    if settings is None:
        sys.exit("KAFKA_BOOTSTRAP_SERVERS is not set")
    with Topics(settings) as topics:
        topics.make([_ASKED, _ANSWERED])
    over = threading.Event()
    # Both look up the ends of their topics before anything is asked; what is asked earlier nobody would answer.
    asked, consumer = _consumer(settings, _ASKED), _consumer(settings, _ANSWERED)
    answering = threading.Thread(target=_answer, args=[settings, asked, over])
    producer = _producer(settings)
    answering.start()
    began = time.perf_counter() + WARM_UP * seconds
    sent: dict[bytes, float] = {}
    latencies: list[float] = []
    for number in range(CONNECTIONS):
        _ask(producer, sent, b"%d" % number)
    while (now := time.perf_counter()) < began + seconds:
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                now = time.perf_counter()
                if now >= began:
                    latencies.append(now - sent[record.key])
                _ask(producer, sent, record.key)
    over.set()
    answering.join()
    print(json.dumps(measured(latencies, seconds)))


def _answer(settings: KafkaSettings, consumer: KafkaConsumer, over: threading.Event) -> None:
    producer = _producer(settings)
    while not over.is_set():
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                producer.send(_ANSWERED, record.value, key=record.key)
    producer.close()
    consumer.close()


def _ask(producer: KafkaProducer, sent: dict[bytes, float], key: bytes) -> None:
    sent[key] = time.perf_counter()
    producer.send(_ASKED, _BODY, key=key)


def _producer(settings: KafkaSettings) -> KafkaProducer:
    return KafkaProducer(**settings.client(), enable_idempotence=True, acks="all")


def _consumer(settings: KafkaSettings, topic: str) -> KafkaConsumer:
    consumer = KafkaConsumer(**settings.client(), enable_auto_commit=False)
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for partition in partitions:
        consumer.position(partition)  # the end is looked up only now: nothing that comes later is passed over
    return consumer


if __name__ == "__main__":
    main(float(sys.argv[1]))
