"""A publisher for tests: it sends records as ours does and, if asked, as ours never would."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from kafka import KafkaAdminClient, KafkaProducer

from consumers.kafka_settings import KafkaSettings

BEGAN = 1_700_000_000_000_000  # microseconds; the record with sequence n was recorded n seconds later


class Printed(NamedTuple):
    """A record that was sent, or could have been."""

    partition: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp_ms: int
    sequence: int
    case: int
    number: int
    """The number of the event in its case, from 1."""

    @property
    def position(self) -> int:
        """Its position in a ledger."""
        return self.sequence * 10


class Press:
    """Writes the records of one agency's topic."""

    def __init__(
        self, settings: KafkaSettings, agency: str = "", *, partitions: int = 3, cases: int = 20, seed: int = 1
    ) -> None:
        self.agency = agency or f"press-{time.time_ns()}"
        self.topic = f"pencere.events.{self.agency}"
        self.group = f"agency-{self.agency}"
        self.printed: list[Printed] = []
        self._partitions, self._cases, self._random = partitions, cases, random.Random(seed)
        self._previous = [0] * partitions
        self._numbers = [0] * cases
        admin = KafkaAdminClient(**settings.client())
        # Printed records are old: the broker would delete them at its next check.
        made = {"num_partitions": partitions, "configs": {"retention.ms": "-1"}}
        admin.create_topics({self.topic: made}, wait_for_metadata=True)
        admin.close()
        self._producer = KafkaProducer(
            **settings.client(), enable_idempotence=True, acks="all", delivery_timeout_ms=(1 << 31) - 1, linger_ms=5
        )

    def close(self) -> None:
        self._producer.close(timeout=10)
        del self._producer

    def print(self, count: int) -> list[Printed]:
        """Send the next records, of random cases; return them when they are acknowledged."""
        made = [self.next() for _ in range(count)]
        self.send(made)
        return made

    def next(self, **changed: bytes | None) -> Printed:
        """Return the next record with its numbers, without sending it. None leaves a header out, bytes change it."""
        case = self._random.randrange(self._cases)
        partition = case % self._partitions
        self._numbers[case] += 1
        sequence = self.printed[-1].sequence + 1 if self.printed else 1
        document = {"agencies": [self.agency], "data": {"number": self._numbers[case]}, "origin": "live"}
        record = Printed(
            partition,
            str(UUID(int=case)).encode(),
            json.dumps(document, separators=(",", ":")).encode(),
            [],
            (BEGAN // 1000) + sequence * 1000,
            sequence,
            case,
            self._numbers[case],
        )
        record.headers.extend(_headers(record, self._previous[partition], changed))
        self._previous[partition] = sequence
        self.printed.append(record)
        return record

    def send(self, records: Sequence[Printed]) -> None:
        """Send records, for the first time or again; wait until they are acknowledged."""
        futures = [
            self._producer.send(
                self.topic,
                value=record.value,
                key=record.key,
                headers=record.headers,
                partition=record.partition,
                timestamp_ms=record.timestamp_ms,
            )
            for record in records
        ]
        self._producer.flush()
        for future in futures:
            future.get()

    def send_raw(self, partition: int, **record: Any) -> None:
        """Send a record that is no event."""
        self._producer.send(self.topic, partition=partition, **record).get(timeout=20)

    def cases(self) -> dict[str, list[int]]:
        """Return case -> the numbers of its events, in the order in which they were printed."""
        found: dict[str, list[int]] = {}
        for record in self.printed:
            found.setdefault(record.key.decode(), []).append(record.number)
        return found


def _headers(record: Printed, previous: int, changed: dict[str, bytes | None]) -> Iterator[tuple[str, bytes]]:
    subject = record.key.decode()
    recorded_at = BEGAN + record.sequence * 1_000_000
    moment = datetime.fromtimestamp(recorded_at / 1_000_000, UTC)
    told: dict[str, str | bytes | None] = {
        "ce_specversion": "1.0",
        "ce_id": f"{subject}:{record.number}",
        "ce_type": "case.step_recorded",
        "ce_source": "/ledger",
        "ce_subject": subject,
        "ce_time": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ce_position": str(record.position),
        "ce_recordedat": str(recorded_at),
        "ce_salt": "00" * 32,
        "ce_sealedhash": "11" * 32,
        "ce_partitionkey": subject,
        "content-type": "application/json",
        "ce_sequence": str(record.sequence),
        "ce_previous": str(previous),
    }
    for name, value in (told | changed).items():
        if value is not None:
            yield name, value if isinstance(value, bytes) else value.encode()
