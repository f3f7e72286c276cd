"""A process that feeds a replica: `python -m tests.kafka.replica_process URL GROUP`."""

import logging
import os
import sys

from consumers.kafka_settings import KafkaSettings
from consumers.replica import ReplicaFeeder

if __name__ == "__main__":
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    settings = KafkaSettings.read(os.environ)
    assert settings is not None
    ReplicaFeeder(sys.argv[1], settings, sys.argv[2]).run()
