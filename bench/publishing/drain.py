"""`python -m bench.publishing.drain`: publishes the ledger of DATABASE_URL, up to a position or until stopped."""

import json
import os
import sys
import time

from consumers.kafka_settings import KafkaSettings
from consumers.publisher import Publisher


def main(until: int | None) -> None:
    """Print the seconds after which everything up to the position was acknowledged."""
    settings = KafkaSettings.read(os.environ)
    if settings is None:
        sys.exit("KAFKA_BOOTSTRAP_SERVERS is not set")
    began = time.perf_counter()
    Publisher(os.environ["DATABASE_URL"], settings).run(until=until)
    print(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
