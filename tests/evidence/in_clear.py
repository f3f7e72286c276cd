"""Looks for what nobody may read: in every table of the ledger's database, in topics, and in what was logged."""

import base64
import binascii
import logging
import re
from collections.abc import Iterable, Iterator

import psycopg
from psycopg import sql

from consumers.kafka_settings import KafkaSettings
from ledger.published.channels import answers_topic, requests_topic
from tests.evidence.reference import LEYLA
from tests.kafka.topics import Broker

SECRETS = (LEYLA, "1990-02-28", "Nümunəvi", "Misal prospekti", "303-11-204")
"""What the registers hold about Leyla, and the identifier by which they know her."""
_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
_PART = re.compile(rb"[A-Za-z0-9_-]{8,}")


def found_in(raw: bytes) -> Iterator[str]:
    """Yield the secrets that anybody finds in these bytes, as they are or in base64url."""
    plain = [raw, *_decoded(raw)]
    for secret in SECRETS:
        if any(secret.encode() in each for each in plain):
            yield secret


def in_database(url: str) -> list[str]:
    """Return which secrets a whole database has in clear, and in which tables."""
    found = []
    with psycopg.connect(url) as reader:
        for schema, table in reader.execute(_TABLES).fetchall():
            everything = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            for row in reader.execute(everything):
                cells = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
                found += [f"{schema}.{table}: {secret}" for cell in cells for secret in found_in(cell)]
    return found


def in_topics(kafka: KafkaSettings, resource: str, *, answers: bool = True) -> list[str]:
    """Return which secrets the topics of a resource have in clear; its answers are its own care."""
    topics = [requests_topic(resource), *([answers_topic(resource)] if answers else [])]
    records = Broker(kafka).read(topics)
    parts = [(each.topic, part) for each in records for part in (each.key.encode(), each.value)]
    return [f"{topic}: {secret}" for topic, part in parts for secret in found_in(part)]


def in_log(records: Iterable[logging.LogRecord]) -> list[str]:
    """Return which secrets were logged."""
    return [f"log: {secret}" for record in records for secret in found_in(record.getMessage().encode())]


def _decoded(raw: bytes) -> Iterator[bytes]:
    for part in _PART.findall(raw):
        try:
            yield base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
        except binascii.Error:
            continue
