"""Prepares a Kafka for the window: topics, and where it has users, users and rights."""

from collections.abc import Sequence
from pathlib import Path

from kafka.errors import KafkaError

from consumers.kafka_rights import grant
from consumers.kafka_settings import AUDIT, LEDGER, KafkaSettings, topic_of
from consumers.kafka_topics import Topics


class KafkaRefusedError(Exception):
    """Kafka does not answer, or does not do what it is asked; the text says which."""


def set_up(
    settings: KafkaSettings, agencies: Sequence[str], data: Path, *, with_replicas: bool
) -> tuple[list[str], Path | None]:
    """Make what is missing; return the topics that were made, and the file with the users' passwords, if there are any.

    Args:
        settings: where Kafka is; with a user, it is an administrator.
        agencies: all agencies of the catalogue.
        data: the folder in which passwords are kept.
        with_replicas: make the topic too that feeds replicas of our own.

    Raises:
        KafkaRefusedError: see there. What was made stays; a second run adds the rest.
    """
    wanted = [AUDIT, *map(topic_of, agencies), *([LEDGER] if with_replicas else [])]
    try:
        with Topics(settings) as topics:
            made = [name for name in wanted if name in topics.just_made] + topics.make(wanted)
        kept = grant(settings, agencies, data) if settings.user else None
    except KafkaError as error:
        raise KafkaRefusedError(f"Kafka refuses: {type(error).__name__}: {error}") from error
    return made, kept
