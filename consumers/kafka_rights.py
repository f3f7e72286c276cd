"""Kafka's users (SCRAM) and rights (ACLs): creates those that are missing."""

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError

from consumers.kafka_settings import AUDIT, LEDGER, PASSWORDS, KafkaSettings, topic_of
from ledger.published.channels import answers_topic, requests_topic

PUBLISHER: Final = "publisher"
AUDITOR: Final = "auditor"
REPLICA: Final = "replica"
EVIDENCE: Final = "evidence"
_OURS: Final = "pencere."


class Right(NamedTuple):
    """The right of one user to one operation on a resource, or on all resources whose names begin this way."""

    user: str
    operation: ACLOperation
    kind: ResourceType
    name: str
    begins: bool = False


def user_of(agency: str) -> str:
    """Return the Kafka user of an agency."""
    return f"agency-{agency}"


def user_of_resource(resource: str) -> str:
    """Return the Kafka user of a state information resource."""
    return f"resource-{resource}"


def rights(agencies: Sequence[str], resources: Sequence[str] = ()) -> Iterator[Right]:
    """Return every right.

    Only the publisher writes events, and each agency reads only its own topic. The window's user for evidence asks and
    hears all resources, and writes no answers; a resource reads what it is asked and writes what it answers, no more.
    """
    for operation in (ACLOperation.CREATE, ACLOperation.WRITE, ACLOperation.DESCRIBE):
        yield Right(PUBLISHER, operation, ResourceType.TOPIC, _OURS, begins=True)
    yield Right(PUBLISHER, ACLOperation.IDEMPOTENT_WRITE, ResourceType.CLUSTER, "kafka-cluster")
    readers = [(AUDITOR, AUDIT), (REPLICA, LEDGER), *((user_of(agency), topic_of(agency)) for agency in agencies)]
    for user, topic in readers:
        yield from _reading(user, topic)
    yield Right(EVIDENCE, ACLOperation.IDEMPOTENT_WRITE, ResourceType.CLUSTER, "kafka-cluster")
    yield Right(EVIDENCE, ACLOperation.READ, ResourceType.GROUP, EVIDENCE)
    for resource in resources:
        yield from _exchanging(EVIDENCE, writes=requests_topic(resource), reads=answers_topic(resource))
        user = user_of_resource(resource)
        yield from _exchanging(user, writes=answers_topic(resource), reads=requests_topic(resource))
        yield Right(user, ACLOperation.IDEMPOTENT_WRITE, ResourceType.CLUSTER, "kafka-cluster")
        yield Right(user, ACLOperation.READ, ResourceType.GROUP, user)


def _exchanging(user: str, writes: str, reads: str) -> Iterator[Right]:
    for operation, topic in ((ACLOperation.WRITE, writes), (ACLOperation.READ, reads)):
        yield Right(user, operation, ResourceType.TOPIC, topic)
        yield Right(user, ACLOperation.DESCRIBE, ResourceType.TOPIC, topic)


def _reading(user: str, topic: str) -> Iterator[Right]:
    for operation in (ACLOperation.READ, ACLOperation.DESCRIBE):
        yield Right(user, operation, ResourceType.TOPIC, topic)
    # The names of its consumer groups and of its dead-letter topics begin with its own name.
    yield Right(user, ACLOperation.READ, ResourceType.GROUP, user, begins=True)
    for operation in (ACLOperation.CREATE, ACLOperation.WRITE, ACLOperation.DESCRIBE, ACLOperation.READ):
        yield Right(user, operation, ResourceType.TOPIC, f"{topic}.dead.", begins=True)


def grant(settings: KafkaSettings, agencies: Sequence[str], data: Path, resources: Sequence[str] = ()) -> Path:
    """Create the users and give them their rights; return the file with their passwords.

    Args:
        settings: where Kafka is; the user is an administrator.
        agencies: the agencies that get users.
        data: the folder in which the passwords are stored; they are random and made on first use.
        resources: the resources that are asked by Kafka, which get users too.

    Raises:
        KafkaError: the broker refuses.
    """
    users = [PUBLISHER, AUDITOR, REPLICA, EVIDENCE, *map(user_of, agencies), *map(user_of_resource, resources)]
    passwords = _passwords(data / PASSWORDS, users)
    admin = KafkaAdminClient(**settings.client())
    try:
        made = [
            UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, passwords[user].encode()) for user in users
        ]
        refused = {user: error for user, error in admin.alter_user_scram_credentials(made).items() if error}
        if refused:
            raise KafkaError(f"users were refused: {refused}")
        failed = admin.create_acls([_acl(right) for right in rights(agencies, resources)])["failed"]
        if failed:
            raise KafkaError(f"rights were refused: {failed}")
    finally:
        admin.close()
    return data / PASSWORDS


def _acl(right: Right) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if right.begins else ACLResourcePatternType.LITERAL
    return ACL(
        principal=f"User:{right.user}",
        host="*",
        operation=right.operation,
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(right.kind, right.name, pattern),
    )


def _passwords(kept: Path, users: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    missing = [user for user in users if user not in known]
    if missing:
        known |= {user: secrets.token_urlsafe(24) for user in missing}
        beside = kept.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        # The commit point: no user has a password that is not stored.
        beside.rename(kept)
    return known
