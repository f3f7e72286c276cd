"""The publisher, compared with kafka-python alone that sends the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import psycopg

from bench.figures import Contender, Contest, Measured
from bench.filler.town import AGENCIES
from bench.ground import Ground
from bench.peers.plain_producer import Way
from bench.publishing.broker import begin_anew, broker
from bench.publishing.processes import ran
from bench.rebuilding import filled
from cli.databases import Databases
from consumers.kafka_settings import KafkaSettings

_A_SECOND: Final = 8_000  # events to fill for each second that a measurement may take
_RECORDS: Final = """
SELECT count(*) + sum(jsonb_array_length(convert_from(open, 'UTF8')::jsonb -> 'agencies'))::bigint FROM ledger.events
"""


class NotAllSentError(Exception):
    """Some records were not acknowledged, so the rate would mean nothing."""


@contextmanager
def against_kafka_python(ground: Ground) -> Iterator[Contest]:
    """Compare with kafka-python that sends the same records, made in advance."""
    with ground.fresh() as place, broker() as settings:
        yield Contest(
            Contender("publisher", partial(_published, place, settings)),
            Contender("kafka-python, large batches", partial(_sent, place, settings, Way.LARGE)),
            (Contender("kafka-python as it comes", partial(_sent, place, settings, Way.USUAL)),),
        )


def _published(place: Databases, settings: KafkaSettings, seconds: float) -> Measured:
    said, records = _said(place, settings, seconds, "bench.publishing.drain")
    return Measured(records / said["seconds"], note=f"{records:,} records")


def _sent(place: Databases, settings: KafkaSettings, way: Way, seconds: float) -> Measured:
    said, records = _said(place, settings, seconds, "bench.peers.plain_producer", way.value)
    if (said["records"], said["failed"]) != (records, 0):
        raise NotAllSentError
    return Measured(records / said["seconds"])


def _said(
    place: Databases, settings: KafkaSettings, seconds: float, module: str, *arguments: str
) -> tuple[dict[str, Any], int]:
    """Publish everything to empty topics in a process; return its output and the number of records."""
    position = filled(place, seconds, _A_SECOND)
    begin_anew(settings, place, [f"agency-{number}" for number in range(1, AGENCIES + 1)])
    said = ran(module, str(position), *arguments, url=place.projector, settings=settings)
    with psycopg.connect(place.owner) as owner:
        [(records,)] = owner.execute(_RECORDS).fetchall()
    return said, int(records)
