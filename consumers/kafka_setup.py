"""Prepares a Kafka for the window: topics, and if the Kafka has users, also users and rights."""

from collections.abc import Sequence
from pathlib import Path

from kafka.errors import KafkaError

from consumers.kafka_rights import grant
from consumers.kafka_settings import AUDIT, LEDGER, KafkaSettings, topic_of
from consumers.kafka_topics import EVIDENCE_KEPT, Topics
from ledger.published.channels import answers_topic, requests_topic


class KafkaRefusedError(Exception):
    """Kafka does not answer, or refuses a request; the text says which."""


def set_up(
    settings: KafkaSettings,
    agencies: Sequence[str],
    data: Path,
    *,
    with_replicas: bool,
    resources: Sequence[str] = (),
) -> tuple[list[str], Path | None]:
    """Create what is missing; return the new topics, and the file with the users' passwords, if there are users.

    Args:
        settings: where Kafka is; a user must be an administrator.
        agencies: all agencies of the catalogue.
        data: the folder in which passwords are stored.
        with_replicas: also create the topic that feeds our own replicas.
        resources: the resources that are asked by Kafka; each has two topics, which keep nothing for long.

    Raises:
        KafkaRefusedError: see there. What was created stays; a second run adds the rest.
    """
    wanted = [AUDIT, *map(topic_of, agencies), *([LEDGER] if with_replicas else [])]
    try:
        with Topics(settings) as topics:
            made = [name for name in wanted if name in topics.just_made] + topics.make(wanted)
            asked = [topic(resource) for resource in resources for topic in (requests_topic, answers_topic)]
            made += topics.make(asked, kept_for=EVIDENCE_KEPT)
        kept = grant(settings, agencies, data, resources) if settings.user else None
    except KafkaError as error:
        raise KafkaRefusedError(f"Kafka refuses: {type(error).__name__}: {error}") from error
    return made, kept
