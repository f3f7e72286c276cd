"""`python -m bench.publishing.hearing TOPIC`: reads a topic, and measures how long after each event it got it.

It prints `ready` when it will get everything that is sent from then on. Given a number on standard input, it prints its
figures once it has got so many.
"""

import json
import os
import sys
import threading
import time

from kafka import KafkaConsumer, TopicPartition

from consumers.kafka_settings import KafkaSettings

RECORDED_AT = "ce_recordedat"


def main(topic: str) -> None:
    """Read until the number of events on standard input has come."""
    settings = KafkaSettings.read(os.environ)
    if settings is None:
        sys.exit("KAFKA_BOOTSTRAP_SERVERS is not set")
    consumer = KafkaConsumer(**settings.client(), enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())])
    consumer.seek_to_beginning()
    print("ready", flush=True)
    asked: list[int] = []
    threading.Thread(target=lambda: asked.append(int(sys.stdin.readline())), daemon=True).start()
    heard: list[tuple[int, float]] = []
    while not asked or len(heard) < asked[0]:
        for records in consumer.poll(timeout_ms=100).values():
            now = time.time_ns() // 1000
            for record in records:
                at = int(dict(record.headers)[RECORDED_AT])
                heard.append((at, (now - at) / 1e6))
    print(json.dumps(heard), flush=True)
    consumer.close()


if __name__ == "__main__":
    main(sys.argv[1])
