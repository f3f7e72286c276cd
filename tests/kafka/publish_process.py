"""A publisher as a separate process: `python -m tests.kafka.publish_process URL`; the environment names Kafka."""

import logging
import os
import sys

from consumers.kafka_settings import KafkaSettings
from consumers.publisher import Publisher

if __name__ == "__main__":
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    settings = KafkaSettings.read(os.environ)
    assert settings is not None
    Publisher(sys.argv[1], settings).run()
