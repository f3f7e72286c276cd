"""How soon a subscriber gets an event, at half of the highest rate, compared with kafka-python alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from application.event_loop import run
from bench.append import CALLERS, append_together
from bench.figures import Contender, Contest, Measured, measured
from bench.ground import Ground
from bench.parts import AGENCY
from bench.publishing.broker import begin_anew, broker
from bench.publishing.processes import hearing, published, publishing, ran
from consumers.kafka_settings import KafkaSettings, topic_of

_FEWEST: Final = 100.0  # a second: so that a run that is too short to find the rate still measures something


@contextmanager
def against_kafka_python(ground: Ground) -> Iterator[Contest]:
    """Compare with records that are sent at the same pace and were never in a ledger.

    The events' delay is counted from `recorded_at`, which is before the commit. The broker, the database, and the
    processes that append, publish and receive are on one machine.
    """
    paces: list[float] = []
    with broker() as settings:

        def ours(seconds: float) -> Measured:
            pace, delays = _delays(ground, settings, seconds)
            paces.append(pace)
            return delays

        def plain(seconds: float) -> Measured:
            with ground.fresh() as place:
                begin_anew(settings, place, [AGENCY])
            with hearing(settings, topic_of(AGENCY)) as hearer:
                arguments = topic_of(AGENCY), str(paces[-1]), str(seconds)
                said = ran("bench.peers.plain_delivery", *arguments, url="", settings=settings)
                return _of(hearer.heard(said["count"]), said["counted_from"], seconds)

        yield Contest(Contender("commit to subscriber", ours), Contender("kafka-python to consumer, same pace", plain))


def _delays(ground: Ground, settings: KafkaSettings, seconds: float) -> tuple[float, Measured]:
    """Return half of the highest rate of appending and publishing, and the delays at that rate."""
    with ground.fresh() as place:
        begin_anew(settings, place, [AGENCY])
        with publishing(place, settings), hearing(settings, topic_of(AGENCY)) as hearer:
            began = time.perf_counter()
            run(append_together(place.writer, CALLERS, seconds / 10))
            pace = max(published(place) / (time.perf_counter() - began) / 2, _FEWEST)
            said = ran("bench.publishing.paced", str(pace), str(seconds), url=place.writer, settings=settings)
            delays = _of(hearer.heard(published(place)), said["counted_from"], seconds)
    return pace, delays._replace(note=f"half of the top rate is {pace:,.0f} events/s")


def _of(heard: list[tuple[int, float]], counted_from: float, seconds: float) -> Measured:
    return measured([late for at, late in heard if at >= counted_from], seconds)
