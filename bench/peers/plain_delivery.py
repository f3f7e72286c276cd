"""`python -m bench.peers.plain_delivery TOPIC RATE SECONDS`: sends records at a pace, by kafka-python and nothing else.

Each record has the time of its sending, as an event has the time of its recording. Nothing is stored before it is sent.
"""

import json
import os
import sys
import time

from kafka import KafkaProducer

from bench.callers import WARM_UP
from bench.parts import OPEN
from bench.publishing.hearing import RECORDED_AT
from consumers.kafka_settings import PARTITIONS, KafkaSettings


def main(topic: str, rate: float, seconds: float) -> None:
    """Print how many were sent, and the time from which they count."""
    settings = KafkaSettings.read(os.environ)
    if settings is None:
        sys.exit("KAFKA_BOOTSTRAP_SERVERS is not set")
    producer = KafkaProducer(**settings.client(), enable_idempotence=True, acks="all")
    count = int(rate * (1 + WARM_UP) * seconds)
    begin = time.perf_counter()
    counted_from = time.time_ns() // 1000 + int(WARM_UP * seconds * 1e6)
    for number in range(count):
        time.sleep(max(0.0, begin + number / rate - time.perf_counter()))  # the pace
        now = b"%d" % (time.time_ns() // 1000)
        producer.send(topic, OPEN, headers=[(RECORDED_AT, now)], partition=number % PARTITIONS)
    producer.flush()
    took = time.perf_counter() - begin
    producer.close()
    print(json.dumps({"count": count, "counted_from": counted_from, "seconds": took}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
