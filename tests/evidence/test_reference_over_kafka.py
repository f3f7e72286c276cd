"""The reference resource over a real broker: the same conversation, in two topics of its own."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from application.clock import system_clock
from application.evidence.replies import PendingDispute, accepted_about_dispute, asked
from application.evidence.sealing import heard, sealed
from application.identity import new_id
from consumers.kafka_topics import Topics
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.messages import Acknowledgement, ErrorReply, EvidenceAnswer, EvidenceDispute, EvidenceRequest
from domain.evidence.values import Statement
from ledger.published.channels import answers_topic, requests_topic
from tests.evidence.examples import CONVERSATION_ID, WINDOW, WINDOW_SEALING, dispute
from tests.evidence.made_window import MadeWindow
from tests.evidence.reference import Running
from tests.kafka.topics import Broker

_MOST_POLLS = 60


class Conversation:
    """The window's side: asks in one topic, reads the other.

    Args:
        resource: whom it asks.
        broker: where.
    """

    def __init__(self, resource: Running, broker: Broker) -> None:
        self.resource = resource
        self._producer = KafkaProducer(**broker.settings.client(), enable_idempotence=True, acks="all")
        self._consumer = KafkaConsumer(**broker.settings.client(), enable_auto_commit=False)
        partition = TopicPartition(answers_topic(resource.name), 0)
        self._consumer.assign([partition])
        self._consumer.seek_to_beginning(partition)
        self._heard: list[tuple[str, bytes]] = []

    def close(self) -> None:
        self._producer.close()
        self._consumer.close()

    def send(self, raw: bytes) -> None:
        self._producer.send(requests_topic(self.resource.name), value=raw).get(timeout=20)

    def ask(self, message: EvidenceRequest | EvidenceDispute) -> None:
        self.send(asked(message, WINDOW)[0])

    def hears(self, number: int) -> list[tuple[str, bytes]]:
        """Return everything that was said so far, once it is so much."""
        for _ in range(_MOST_POLLS):
            if len(self._heard) >= number:
                break
            for records in self._consumer.poll(timeout_ms=500).values():
                self._heard += [((record.key or b"").decode(), record.value) for record in records]
        assert len(self._heard) >= number, self._heard
        return list(self._heard)


@pytest.fixture
def resource(tmp_path: Path, window: MadeWindow, broker: Broker, request: pytest.FixtureRequest) -> Iterator[Running]:
    """A population register with topics that only this test uses."""
    name = f"population-{uuid5(CONVERSATION_ID, request.node.nodeid).hex[:12]}"
    with Topics(broker.settings) as topics:
        topics.make([requests_topic(name), answers_topic(name)], partitions=1)
    with Running(tmp_path / name, window, broker.settings, name) as running:
        yield running


@contextmanager
def talking(resource: Running, broker: Broker) -> Iterator[Conversation]:
    conversation = Conversation(resource, broker)
    try:
        yield conversation
    finally:
        conversation.close()


@pytest.fixture
def conversation(resource: Running, broker: Broker) -> Iterator[Conversation]:
    """The window, which talks with the register."""
    with talking(resource, broker) as begun:
        yield begun


def by_kafka(resource: Running, **changes: Any) -> EvidenceRequest:
    """Return a request that has nowhere to post an answer to."""
    return resource.request(reply_to=None, **changes)


def test_it_answers_in_its_topic_under_the_request_as_key(resource: Running, conversation: Conversation) -> None:
    message = by_kafka(resource)
    conversation.ask(message)
    [(key, raw)] = conversation.hears(1)

    assert key == str(message.request_id)
    assert isinstance(resource.accept(message, raw), EvidenceAnswer)


def test_nothing_in_either_topic_names_the_person(resource: Running, conversation: Conversation) -> None:
    message = by_kafka(resource)
    conversation.ask(message)
    [(_, said)] = conversation.hears(1)

    for raw in (asked(message, WINDOW)[0], said):
        for part in raw.split(b"."):
            plain = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
            assert b"AA10001" not in plain
            assert "Nümunəvi".encode() not in plain
            assert b"1990" not in plain


@pytest.mark.parametrize("switches", [{"later_ms": 30}, {"defer_ms": 30}])
def test_it_acknowledges_and_answers_later(
    resource: Running, conversation: Conversation, switches: dict[str, Any]
) -> None:
    resource.switch(**switches)
    message = by_kafka(resource)
    conversation.ask(message)
    first, last = (resource.accept(message, raw) for _, raw in conversation.hears(2))

    assert isinstance(first, Acknowledgement)
    assert (first.available_at is not None) == ("defer_ms" in switches)
    assert isinstance(last, EvidenceAnswer)


def test_it_answers_twice_and_a_retry_is_answered_with_the_same_words(
    resource: Running, conversation: Conversation
) -> None:
    resource.switch(twice=True)
    message = by_kafka(resource)
    conversation.ask(message)
    conversation.hears(2)
    conversation.ask(message)
    said = {heard(raw, WINDOW_SEALING) for _, raw in conversation.hears(4)}

    assert len(said) == 1


def test_an_error_is_said(resource: Running, conversation: Conversation) -> None:
    resource.switch(error=ErrorCode.QUERY_FAILED)
    message = by_kafka(resource)
    conversation.ask(message)
    [(_, raw)] = conversation.hears(1)
    reply = resource.accept(message, raw)

    assert isinstance(reply, ErrorReply)
    assert reply.code is ErrorCode.QUERY_FAILED


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("unsealed", Fault.NOT_SEALED),
        ("malformed", Fault.NOT_A_JWS),
        ("unsigned", Fault.OTHER_ALGORITHM),
        ("other_signer", Fault.OTHER_SIGNER),
        ("other_request", Fault.OTHER_REQUEST),
        ("other_hash", Fault.OTHER_HASH),
        ("other_element", Fault.ELEMENT_NOT_ASKED),
        ("wrong_type", Fault.WRONG_TYPE),
    ],
)
def test_a_fault_is_found_by_its_name(
    resource: Running, conversation: Conversation, planted: str, fault: Fault
) -> None:
    resource.switch(fault=planted)
    message = by_kafka(resource)
    conversation.ask(message)
    [(_, raw)] = conversation.hears(1)

    with pytest.raises(NotAcceptedError) as refused:
        resource.accept(message, raw)
    assert refused.value.fault is fault


def test_a_preview_is_agreed_to_on_its_page(resource: Running, conversation: Conversation) -> None:
    resource.switch(preview=True)
    message = by_kafka(resource, preview="required")
    conversation.ask(message)
    reply = resource.accept(message, conversation.hears(1)[0][1])
    assert isinstance(reply, ErrorReply)
    assert reply.preview_location is not None
    resource.http.post(reply.preview_location, data={"decision": "agreed"})
    second = message.model_copy(update={"issued_at": system_clock(), "preview_location": reply.preview_location})
    conversation.ask(second)

    assert isinstance(resource.accept(second, conversation.hears(2)[1][1]), EvidenceAnswer)


def test_what_is_no_message_is_not_answered_and_holds_nothing_up(resource: Running, conversation: Conversation) -> None:
    for raw in (b"", b"\x00", b"{}", b"a.b.c"):
        conversation.send(raw)
    message = by_kafka(resource)
    conversation.ask(message)

    assert [key for key, _ in conversation.hears(1)] == [str(message.request_id)]


def test_silence_is_no_word(resource: Running, conversation: Conversation) -> None:
    resource.switch(silent=True)
    conversation.ask(by_kafka(resource))
    while resource.heard() < 1:  # each look is a request of its own
        pass
    resource.switch()
    message = by_kafka(resource)
    conversation.ask(message)

    assert [key for key, _ in conversation.hears(1)] == [str(message.request_id)]


def test_what_was_asked_while_it_was_away_is_answered_when_it_is_back(
    tmp_path: Path, window: MadeWindow, broker: Broker, resource: Running
) -> None:
    name, folder = resource.name, tmp_path / resource.name
    resource.__exit__()
    with talking(resource, broker) as conversation:
        message = by_kafka(resource)
        conversation.ask(message)
        with Running(folder, window, broker.settings, name) as back:
            [(_, raw)] = conversation.hears(1)
            assert isinstance(back.accept(message, raw), EvidenceAnswer)


def test_a_dispute_is_examined_and_then_answered(resource: Running, conversation: Conversation) -> None:
    resource.switch(dispute="corrected")
    dispute_id = new_id(system_clock())
    statement = sealed(Statement(dispute_id=dispute_id, text="It is wrong."), resource.registered.sealing_key)
    message = dispute(
        dispute_id=dispute_id, issued_at=system_clock(), statement=statement, resource=resource.name, reply_to=None
    )
    conversation.ask(message)
    pending = PendingDispute(message, asked(message, WINDOW)[1])
    said = [
        accepted_about_dispute(raw, pending, resource.keys, system_clock()).outcome for _, raw in conversation.hears(2)
    ]

    assert said == ["examining", "corrected"]
