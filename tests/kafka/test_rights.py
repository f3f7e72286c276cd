"""Users and rights: an agency reads its own topic and no other; nobody but the publisher writes events."""

import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from consumers.kafka_rights import AUDITOR, EVIDENCE, PUBLISHER, user_of, user_of_resource
from consumers.kafka_settings import AUDIT, KafkaSettings, topic_of
from consumers.kafka_setup import set_up
from consumers.local_kafka.broker_settings import ADMIN
from consumers.local_kafka.cluster import LocalKafka
from ledger.published.channels import answers_topic, requests_topic
from tests.cli.running import pencere

AGENCIES = ("town", "town-hall", "harbour")
RESOURCES = ("land", "land-old")


class Secured(NamedTuple):
    """A broker with users, and their passwords."""

    servers: str
    passwords: dict[str, str]
    kept: Path

    def as_user(self, user: str) -> KafkaSettings:
        """Return the user's connection settings."""
        return KafkaSettings(self.servers, user, self.passwords[user])


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    with LocalKafka(folder / "kafka", secure=True) as kafka:
        password = kafka.client_settings()["sasl_plain_password"]
        admin = KafkaSettings(kafka.bootstrap_servers, ADMIN, password)
        made, kept = set_up(admin, AGENCIES, folder, with_replicas=False, resources=RESOURCES)
        evidence = {topic(resource) for resource in RESOURCES for topic in (requests_topic, answers_topic)}
        assert set(made) == {AUDIT, *map(topic_of, AGENCIES), *evidence}
        assert kept is not None
        yield Secured(kafka.bootstrap_servers, {**json.loads(kept.read_text()), ADMIN: password}, kept)


def write(settings: KafkaSettings, topic: str) -> None:
    producer = KafkaProducer(**settings.client(), enable_idempotence=True, acks="all", max_block_ms=5000)
    try:
        producer.send(topic, b"{}", key=b"case", partition=0).get(10)
    finally:
        producer.close(timeout=1)


def topics_of(settings: KafkaSettings) -> set[str]:
    """Return the topics that the user can see."""
    admin = KafkaAdminClient(**settings.client())
    try:
        return {topic["name"] for topic in admin.describe_topics()}
    finally:
        admin.close()


def read(settings: KafkaSettings, topic: str, group: str | None = None, within: float = 20) -> int:
    """Return how many records the user receives; none within the time means none."""
    give_up_at = time.monotonic() + within
    consumer = KafkaConsumer(
        **settings.client(), group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        found = 0
        while found == 0 and time.monotonic() < give_up_at:
            found += sum(map(len, consumer.poll(timeout_ms=500).values()))
        if group:
            consumer.commit()
        return found
    finally:
        consumer.close(autocommit=False)


def test_the_publisher_writes_and_each_agency_reads_its_own_topic(secured: Secured) -> None:
    for agency in AGENCIES:
        write(secured.as_user(PUBLISHER), topic_of(agency))

        assert read(secured.as_user(user_of(agency)), topic_of(agency), f"{user_of(agency)}.table") == 1


@pytest.mark.parametrize("agency", AGENCIES)
@pytest.mark.parametrize("other", [*AGENCIES, None])
def test_an_agency_reads_no_other_topic(secured: Secured, agency: str, other: str | None) -> None:
    if agency == other:
        return
    topic = topic_of(other) if other else AUDIT

    write(secured.as_user(PUBLISHER), topic)

    assert read(secured.as_user(user_of(agency)), topic, within=1) == 0
    assert topic not in topics_of(secured.as_user(user_of(agency)))


@pytest.mark.parametrize("user", [*map(user_of, AGENCIES), AUDITOR])
def test_nobody_but_the_publisher_writes_events(secured: Secured, user: str) -> None:
    for topic in (*map(topic_of, AGENCIES), AUDIT):
        with pytest.raises(KafkaError) as refused:
            write(secured.as_user(user), topic)

        assert "uthorization" in type(refused.value).__name__, refused.value


def test_passwords_are_kept_for_their_owner_only_and_stay(secured: Secured) -> None:
    before = secured.kept.read_text()
    made, kept = set_up(secured.as_user(ADMIN), (*AGENCIES, "new"), secured.kept.parent, with_replicas=False)

    assert made == [topic_of("new")]
    assert kept == secured.kept
    assert stat.S_IMODE(secured.kept.stat().st_mode) == 0o600
    assert json.loads(before).items() <= json.loads(secured.kept.read_text()).items()


@pytest.mark.parametrize("who", ["the wrong password", "nobody there"])
def test_whoever_is_not_let_in_is_told_so_in_one_sentence(secured: Secured, data_folder: Path, who: str) -> None:
    """This runs in a separate process, since kafka-python leaves sockets open when the login fails."""
    user = {"KAFKA_USER": PUBLISHER, "KAFKA_PASSWORD": secured.passwords[AUDITOR]} if "password" in who else {}
    servers = "127.0.0.1:1" if who == "nobody there" else secured.servers
    ended = pencere("kafka", "setup", data=data_folder / "data", KAFKA_BOOTSTRAP_SERVERS=servers, **user)

    assert ended.returncode == 1
    assert "Kafka refuses" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_resource_reads_what_it_is_asked_and_writes_what_it_answers(secured: Secured) -> None:
    window, land = secured.as_user(EVIDENCE), secured.as_user(user_of_resource("land"))
    write(window, requests_topic("land"))
    assert read(land, requests_topic("land"), group=user_of_resource("land")) == 1
    write(land, answers_topic("land"))
    assert read(window, answers_topic("land"), group=EVIDENCE) == 1


@pytest.mark.parametrize("topic", [requests_topic("land"), answers_topic("land-old"), topic_of("town"), AUDIT])
def test_a_resource_writes_nothing_but_its_answers(secured: Secured, topic: str) -> None:
    with pytest.raises(KafkaError):
        write(secured.as_user(user_of_resource("land")), topic)


def test_the_window_reads_no_requests_and_writes_no_answers(secured: Secured) -> None:
    window = secured.as_user(EVIDENCE)
    with pytest.raises(KafkaError):
        write(window, answers_topic("land"))
    write(window, requests_topic("land"))
    with pytest.raises(KafkaError):
        read(window, requests_topic("land"), within=1)
    for topic in (topic_of("town"), AUDIT):
        with pytest.raises(KafkaError):
            write(window, topic)


def test_a_resource_sees_no_other_topic_and_nobody_else_sees_its_own(secured: Secured) -> None:
    own = {requests_topic("land"), answers_topic("land")}

    assert topics_of(secured.as_user(user_of_resource("land"))) == own
    for user in (user_of("town"), AUDITOR, user_of_resource("land-old")):
        assert not topics_of(secured.as_user(user)) & own


def test_what_is_said_about_evidence_is_not_kept_for_ever(secured: Secured) -> None:
    admin = KafkaAdminClient(**secured.as_user(ADMIN).client())
    try:
        described = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in (requests_topic("land"), topic_of("town"))]
        )["topic"]
    finally:
        admin.close()

    assert described[requests_topic("land")]["retention.ms"]["value"] == "604800000"
    assert described[topic_of("town")]["retention.ms"]["value"] == "-1"
