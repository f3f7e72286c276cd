"""A plain projection of the `eventsourcing` package gets Pencere's own events."""

from collections.abc import Iterator, Mapping
from typing import Any, cast
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import ApplicationSubscription, Projection, ProjectionRunner
from eventsourcing.utils import TopicError

from domain.case.events import CaseDecided, CaseSubmitted
from domain.envelope import Actor, Envelope
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from ledger.eventsourcing_adapter import Recorded
from ledger.published.codec import open_part
from ledger.store.entries import NewEvent
from ledger.store.threads import ThreadedLedger
from tests.domain.examples import EXAMPLES
from tests.domain.town import AT, DECIDED, SUBMITTED
from tests.ledger.samples import new_event, new_stream

ENVELOPE = Envelope(actor=Actor(role="applicant", pseudonym="p"), agencies=("town",), occurred_at=AT, origin="live")
PATIENCE = 20


def stored(event: Event, stream: UUID, version: int) -> NewEvent:
    return new_event(stream, version, event.topic, open_part(event, ENVELOPE))


@pytest.fixture
def settings(writer_url: str) -> Mapping[str, str]:
    return {"PERSISTENCE_MODULE": "ledger.eventsourcing_adapter", "PENCERE_LEDGER_URL": writer_url}


@pytest.fixture
def ledger(writer_url: str) -> Iterator[ThreadedLedger]:
    with ThreadedLedger(writer_url) as opened:
        yield opened


def test_every_event_of_penceres_comes_as_its_type_with_its_envelope_and_place(
    settings: Mapping[str, str], ledger: ThreadedLedger
) -> None:
    stream = new_stream()
    ledger.append([stored(event, stream, version) for version, event in enumerate(EXAMPLES, 1)])
    entries = ledger.read_stream(stream)

    with Application[UUID](env=settings) as app, ApplicationSubscription(app) as subscription:
        for event, entry, (recorded, tracking) in zip(EXAMPLES, entries, subscription, strict=False):
            unsealed = event.model_copy(update=dict.fromkeys(sealed_fields(type(event))))
            expected: Recorded[Event] = Recorded(
                event=unsealed,
                envelope=ENVELOPE,
                originator_id=stream,
                originator_version=entry.version,
                position=entry.position,
                recorded_at=entry.recorded_at,
            )
            assert dict(cast("Any", recorded)) == dict(expected)
            assert tracking.notification_id == entry.position
            assert isinstance(recorded, DomainEventProtocol)
    assert {event.topic for event in EXAMPLES} == set(TOPICS)


def test_a_stream_of_penceres_is_read_by_its_id(settings: Mapping[str, str], ledger: ThreadedLedger) -> None:
    case = new_stream()
    ledger.append([stored(SUBMITTED, case, 1), stored(DECIDED, case, 2)])

    with Application[UUID](env=settings) as app:
        [last] = cast("list[Recorded[CaseDecided]]", list(app.events.get(case, desc=True, limit=1)))
        assert (last.event.outcome, last.originator_version) == (DECIDED.outcome, 2)


class Seen(POPOTrackingRecorder):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []


class Say(Projection[Seen]):
    @singledispatchmethod
    def process_event(self, recorded: object, tracking: Tracking) -> None:
        self._say(type(recorded).__name__, tracking)

    @process_event.register
    def _(self, case: Recorded[CaseSubmitted], tracking: Tracking) -> None:
        self._say(f"asked for {case.event.service}", tracking)

    @process_event.register
    def _(self, case: Recorded[CaseDecided], tracking: Tracking) -> None:
        self._say(f"{case.event.outcome} at {case.envelope.occurred_at:%Y}", tracking)

    def _say(self, text: str, tracking: Tracking) -> None:
        self.view.said.append(text)
        self.view.insert_tracking(tracking)


def test_a_projection_dispatches_on_the_domains_types(settings: Mapping[str, str], ledger: ThreadedLedger) -> None:
    case = new_stream()
    ledger.append([stored(event, case, version) for version, event in enumerate(EXAMPLES, 1)])

    with ProjectionRunner(
        application_class=Application[UUID], projection_class=Say, view_class=Seen, env=settings
    ) as runner:
        runner.wait(len(EXAMPLES), PATIENCE)
        said = runner.view.said

    [(place, submitted)] = [(n, event) for n, event in enumerate(EXAMPLES) if isinstance(event, CaseSubmitted)]
    assert said[place] == f"asked for {submitted.service}"
    assert said[EXAMPLES.index(DECIDED)] == f"{DECIDED.outcome} at {AT:%Y}"
    assert said[0] == "Recorded[AgencyRegistered]"


def test_an_event_of_an_application_that_is_not_here_is_no_silent_loss(
    settings: Mapping[str, str], ledger: ThreadedLedger
) -> None:
    ledger.append([new_event(new_stream(), 1, "elsewhere:Moved")])

    with (
        pytest.raises(TopicError, match="elsewhere"),
        ProjectionRunner(
            application_class=Application[UUID], projection_class=Say, view_class=Seen, env=settings
        ) as runner,
    ):
        runner.run_forever(PATIENCE)


def test_another_mapper_may_be_named(settings: Mapping[str, str]) -> None:
    with Application[UUID](env={**settings, "MAPPER_TOPIC": "eventsourcing.persistence:Mapper"}) as app:
        assert type(app.mapper) is Mapper


def test_a_copy_without_its_entry_is_not_taken_for_an_event_of_penceres(settings: Mapping[str, str]) -> None:
    copied = StoredEvent(new_stream(), 1, SUBMITTED.topic, open_part(SUBMITTED, ENVELOPE))
    with Application[UUID](env=settings) as app, pytest.raises(TopicError):
        app.mapper.to_domain_event(copied)
