"""A broker for the bench, and new topics."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from kafka import KafkaAdminClient

from cli.databases import Databases
from consumers.kafka_settings import AUDIT, EVENTS, KafkaSettings
from consumers.kafka_topics import Topics
from consumers.local_kafka.cluster import LocalKafka

_FORGET = "TRUNCATE outbox.channels, outbox.sequences"


@contextmanager
def broker() -> Iterator[KafkaSettings]:
    """Run a broker during the block, in a folder that is removed at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="pencere-bench-", dir="/var/tmp") as folder,
        LocalKafka(Path(folder)) as local,
    ):
        yield KafkaSettings(local.bootstrap_servers)


def begin_anew(settings: KafkaSettings, place: Databases, agencies: Collection[str]) -> None:
    """Reset publishing: empty topics for these agencies, and a publisher that starts at the beginning."""
    with psycopg.connect(place.owner) as owner:
        owner.execute(_FORGET)
    admin = KafkaAdminClient(**settings.client())
    try:
        ours = [name for name in _names(admin) if name.startswith(EVENTS) or name == AUDIT]
        if ours:
            admin.delete_topics(ours)
        while not _names(admin).isdisjoint(ours):
            pass
    finally:
        admin.close()
    with Topics(settings) as topics:
        topics.have(agencies)


def _names(admin: KafkaAdminClient) -> set[str]:
    return {topic["name"] for topic in admin.describe_topics()}
