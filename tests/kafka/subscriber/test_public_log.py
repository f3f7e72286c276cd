"""An agency checks received events against the log of a running window, and stops at one that is not in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kafka import KafkaProducer

from consumers.kafka_settings import topic_of
from consumers.publisher import Publisher
from ledger.embedded.postgres import EmbeddedPostgres
from pencere_subscriber import (
    Event,
    LogAwayError,
    NotInLogError,
    PublicLogCheck,
    Settings,
    SettingsError,
    Subscriber,
)
from pencere_subscriber.__main__ import main
from tests.api.people import position_of
from tests.kafka.topics import Broker
from tests.proofs.kept_window import KeptWindow, kept_window
from tests.proofs.verifying import Desk


class Agency(NamedTuple):
    """An agency whose topic has the same events as its window's log; `settings` name Kafka."""

    kept: KeptWindow
    broker: Broker
    settings: Settings

    @property
    def topic(self) -> str:
        """The agency's topic."""
        return topic_of(self.kept.people.agency)

    def check(self, **more: Any) -> PublicLogCheck:
        """Return a check against the log."""
        return PublicLogCheck(more.pop("url", self.kept.log), more.pop("key", self.kept.vkey), **more)

    def reads(self, check: PublicLogCheck, handled: list[Event]) -> None:
        """Read everything that is there."""
        with Subscriber(self.topic, settings=self.settings, check=check) as subscriber:
            subscriber.run(handled.append, until_caught_up=True)

    def has_sent(self, falsely: Event, **headers: str) -> None:
        """Send, after all other records, an earlier event with changed content."""
        records = self.broker.read([self.topic])
        last = max(records, key=lambda found: found.sequence).sequence
        previous = max((each.sequence for each in records if each.partition == falsely.partition), default=0)
        numbers = {"ce_sequence": str(last + 1), "ce_previous": str(previous), **headers}
        sent = [(name, numbers.pop(name, value.decode()).encode()) for name, value in falsely.record.headers]
        producer = KafkaProducer(**self.broker.settings.client())
        try:
            producer.send(
                self.topic, falsely.data, falsely.record.key, sent, falsely.partition, falsely.record.timestamp
            ).get(20)
        finally:
            producer.close()


@pytest.fixture(scope="module")
def agency(broker: Broker, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    with kept_window(postgres, "subscriber", tmp_path_factory.mktemp("window")) as kept:
        people = kept.people
        broker.forget()
        for _ in range(5):
            last = people.citizen.submits(people.service)
        people.official.asks("/v1/desks/north/worklist", position=position_of(last))
        assert people.citizen.asks(last.json()["receipt"], Prefer="wait=10").is_success, "now all of it is signed"
        Publisher(kept.where.projector, broker.settings).run(until=int(position_of(last)))
        yield Agency(kept, broker, Settings(*broker.settings))
        broker.forget()


def test_what_is_received_is_proved_one_by_one_and_what_is_false_is_not_handled(agency: Agency, tmp_path: Path) -> None:
    handled: list[Event] = []
    check = agency.check()
    agency.reads(check, handled)
    some = agency.check(share=0.5)
    agency.reads(some, [])

    assert check.checked == len(handled) >= 8
    assert 0 <= some.checked <= len(handled)

    kept = b"\n".join(event.structured() for event in handled)
    verdict = Desk.at(tmp_path).verify(kept, key=agency.kept.vkey, more=("--log", agency.kept.log))
    assert (verdict.status, verdict.said.count("it says")) == (0, len(handled)), "what was kept is proved later, too"

    agency.has_sent(handled[-1], ce_salt="00" * 32)
    again: list[Event] = []
    with pytest.raises(NotInLogError, match="THE PUBLIC LOG DOES NOT HAVE WHAT WAS RECEIVED") as stopped:
        agency.reads(agency.check(), again)

    assert len(again) == len(handled)
    assert stopped.value.sequence == len(handled) + 1
    assert stopped.value.position == handled[-1].position


def test_another_key_is_not_taken_for_the_logs(agency: Agency) -> None:
    key = "window.example/log+9d4bb1f4+Aekyeq"
    with pytest.raises(SettingsError, match="in Base 64 is cut off"):
        agency.check(key=key)
    with pytest.raises(SettingsError, match="share"):
        agency.check(share=0)
    handled: list[Event] = []
    other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    with pytest.raises(NotInLogError, match=r"not signed by example\.com/foo"):
        agency.reads(agency.check(key=other), handled)

    assert handled == []


def test_a_log_that_is_away_is_waited_for_but_not_for_ever(agency: Agency) -> None:
    handled: list[Event] = []
    with pytest.raises(LogAwayError, match="cannot be checked"):
        agency.reads(agency.check(url=f"{agency.kept.window.base_url}/nowhere", patience=0.1), handled)

    assert handled == []


def test_printing_checks_too(
    agency: Agency, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", agency.settings.bootstrap_servers)
    command = ["--agency", agency.kept.people.agency, "--until-caught-up", "--log", agency.kept.log]
    with pytest.raises(SystemExit, match="say both --log and --key"):
        main(command)
    with pytest.raises(SystemExit, match="DOES NOT HAVE WHAT WAS RECEIVED"):
        main([*command, "--key", agency.kept.vkey])

    assert capfd.readouterr().out.count("case.submitted") == 5
