"""Tests of the recorder on the ledger, beyond the package's own test cases."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, StoredEvent

from domain.values import LARGEST_NUMBER
from ledger import refusals
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.eventsourcing_adapter import LedgerFactory, LedgerRecorder
from ledger.eventsourcing_adapter.notifications import SCANNED_AT_ONCE
from ledger.eventsourcing_adapter.translation import translated
from ledger.postgresql import arrays
from ledger.postgresql.kinds import READ
from ledger.store.ledger import LAST, Ledger
from ledger.store.reading import _TOPICS, _VERSIONS, _VERSIONS_BACKWARDS
from ledger.store.threads import ThreadedLedger
from tests.ledger.samples import new_event, new_stream

EVERY_BYTE = bytes(range(256))


def event(version: int = 1, topic: str = "shop:Opened", state: bytes = b"{}", stream: Any = None) -> StoredEvent:
    return StoredEvent(new_stream() if stream is None else stream, version, topic, state)


@pytest.fixture
def factory(writer_url: str) -> Iterator[LedgerFactory]:
    with_ledger = LedgerFactory({"PENCERE_LEDGER_URL": writer_url})
    yield with_ledger
    with_ledger.close()


@pytest.fixture
def recorder(factory: LedgerFactory) -> ApplicationRecorder:
    return factory.application_recorder()


@pytest.fixture
def reader(postgres: EmbeddedPostgres, ledger_database: str) -> Iterator[ApplicationRecorder]:
    """The same ledger, with an auditor's role."""
    factory = LedgerFactory({"PENCERE_LEDGER_URL": postgres.ledger_url("pencere_reader", ledger_database)})
    yield factory.application_recorder()
    factory.close()


@pytest.mark.parametrize("version", [1, 2, 7])
def test_a_stream_of_pencere_takes_no_event_of_another_application(
    writer_url: str, recorder: ApplicationRecorder, version: int
) -> None:
    ours = new_event(new_stream(), 1)._replace(topic="case.submitted")

    async def begins() -> None:
        async with Ledger(writer_url) as ledger:
            await ledger.append([ours])

    asyncio.run(begins())

    with pytest.raises(persistence.ProgrammingError, match="is Pencere's own"):
        recorder.insert_events([event(), event(version, stream=ours.stream)])

    assert len(recorder.select_notifications(None, 10)) == 1


@pytest.mark.parametrize("state", [b"", EVERY_BYTE, b"{not json"])
def test_a_foreign_state_is_stored_byte_for_byte(recorder: ApplicationRecorder, state: bytes) -> None:
    stored = event(topic="müraciət:Qəbul", state=state)
    recorder.insert_events([stored])

    [read] = recorder.select_events(stored.originator_id)
    [notified] = recorder.select_notifications(None, 10)

    assert (read.topic, read.state, notified.state) == (stored.topic, state, state)


def test_versions_need_be_new_only(recorder: ApplicationRecorder) -> None:
    stream = new_stream()
    recorder.insert_events([event(version, stream=stream) for version in (7, 0, LARGEST_NUMBER)])

    assert [stored.originator_version for stored in recorder.select_events(stream)] == [0, 7, LARGEST_NUMBER]
    with pytest.raises(persistence.IntegrityError):
        recorder.insert_events([event(1, stream=stream), event(7, stream=stream)])
    assert recorder.max_notification_id() == 3


@pytest.mark.parametrize(
    "unstorable",
    [event(topic="a\0b"), event(-1), event(LAST + 1), event(LARGEST_NUMBER + 1), event(stream="basket-1")],
    ids=[
        "a NUL in a topic",
        "a version below 0",
        "a version beyond bigint",
        "a version that not every reader holds",
        "a stream named by a text",
    ],
)
def test_what_the_ledger_cannot_hold_is_a_data_error(recorder: ApplicationRecorder, unstorable: StoredEvent) -> None:
    with pytest.raises(persistence.DataError):
        recorder.insert_events([event(), unstorable])
    assert recorder.max_notification_id() is None


def test_a_topic_of_penceres_own_is_refused(recorder: ApplicationRecorder) -> None:
    with pytest.raises(persistence.ProgrammingError, match=r"case\.submitted"):
        recorder.insert_events([event(), event(topic="case.submitted")])
    assert recorder.max_notification_id() is None


def test_rare_topics_are_found_however_far_apart(recorder: ApplicationRecorder) -> None:
    def fill() -> None:
        for _ in range(SCANNED_AT_ONCE // 1000 + 1):
            recorder.insert_events([event() for _ in range(1000)])

    expected: list[int] = []
    for _ in range(3):
        expected += recorder.insert_events([event(topic="rare")]) or []
        fill()

    def found(start: int | None, limit: int, stop: int | None = None) -> list[int]:
        return [one.id for one in recorder.select_notifications(start, limit, stop, ["rare", "never"])]

    assert found(None, 10) == expected
    assert found(None, 2) == expected[:2]
    assert found(expected[1], 10) == expected[1:]
    assert found(None, 10, expected[2] - 1) == expected[:2]
    assert found(None, 10, LAST) == expected
    assert recorder.select_notifications(None, 10, topics=["never"]) == []


def test_the_last_event_of_some_topics_can_be_asked_for(factory: LedgerFactory) -> None:
    recorder = factory.application_recorder()
    assert isinstance(recorder, LedgerRecorder)
    recorder.insert_events([event(topic=topic) for topic in "abab"])
    for _ in range(3):
        recorder.insert_events([event() for _ in range(1000)])

    assert recorder.max_notification_id(["a"]) == 3
    assert recorder.max_notification_id(["a", "b"]) == 4
    assert recorder.max_notification_id(["c"]) is None
    assert recorder.max_notification_id() == 3004


def test_an_auditor_reads_and_follows_but_may_not_append(
    recorder: ApplicationRecorder, reader: ApplicationRecorder
) -> None:
    stored = event()
    recorder.insert_events([stored])

    assert reader.select_events(stored.originator_id) == recorder.select_events(stored.originator_id)
    with reader.subscribe(gt=0) as subscription:
        assert next(subscription).originator_id == stored.originator_id
        recorder.insert_events([event()])
        assert next(subscription).id == 2
    with pytest.raises(persistence.ProgrammingError, match="pencere_writer"):
        reader.insert_events([event()])
    assert reader.max_notification_id() == 2


def test_a_ledger_that_is_away_is_an_operational_error(breakable: EmbeddedPostgres) -> None:
    with ThreadedLedger(breakable.ledger_url("pencere_writer"), patience=0.2) as ledger:
        recorder = LedgerRecorder(ledger)
        breakable.ledger.stop()
        try:
            with pytest.raises(persistence.OperationalError):
                recorder.insert_events([event()])
            with pytest.raises(persistence.OperationalError):
                recorder.select_notifications(None, 10)
        finally:
            breakable.ensure_running()

        assert recorder.insert_events([event()])


def test_a_closed_recorder_says_so(factory: LedgerFactory) -> None:
    recorder = factory.application_recorder()
    factory.close()

    with pytest.raises(persistence.InterfaceError):
        recorder.max_notification_id()


RAISED: Mapping[Exception, type[persistence.PersistenceError]] = {
    refusals.VersionConflictError(new_stream(), 1): persistence.IntegrityError,
    refusals.KeyReusedError(): persistence.IntegrityError,
    refusals.UnstorableEventError(): persistence.DataError,
    refusals.LedgerBusyError(1): persistence.OperationalError,
    refusals.LedgerUnavailableError(): persistence.OperationalError,
    refusals.LedgerClosedError(): persistence.InterfaceError,
    psycopg.errors.InsufficientPrivilege(): persistence.ProgrammingError,
    psycopg.errors.UndefinedTable(): persistence.ProgrammingError,
    psycopg.errors.AdminShutdown(): persistence.OperationalError,
    psycopg.Error(): persistence.DatabaseError,
}


@pytest.mark.parametrize(("raised", "told"), RAISED.items(), ids=lambda one: type(one).__name__)
def test_every_error_has_a_name_in_the_package(raised: Exception, told: type[Exception]) -> None:
    with pytest.raises(persistence.PersistenceError) as caught, translated():
        raise raised

    assert type(caught.value) is told
    assert caught.value.__cause__ is raised


def test_no_refusal_of_the_ledger_is_left_without_a_translation() -> None:
    every = {refusals.LedgerUnavailableError, *refusals.LedgerRefusalError.__subclasses__()}

    assert every <= {type(raised) for raised in RAISED}


def _plan(connection: psycopg.Connection[Any], query: str, parameters: list[object]) -> dict[str, Any]:
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".encode()
    [document] = connection.execute(explain, parameters).fetchone() or [None]
    plan = (json.loads(document) if isinstance(document, str) else document)[0]["Plan"]
    while "Plans" in plan:
        [plan] = plan["Plans"]
    return dict(plan)


@pytest.mark.parametrize(
    ("query", "index", "parameters"),
    [
        (_VERSIONS, "events_stream_version", lambda stream: [stream, 3, 40, 5]),
        (_VERSIONS_BACKWARDS, "events_stream_version", lambda stream: [stream, 3, 40, 5]),
        (_TOPICS, "events_pkey", lambda _: [3, 40, arrays.texts(["rare"]), 500]),
    ],
    ids=["forwards", "backwards", "topics"],
)
def test_a_read_looks_at_no_more_than_its_stretch(
    writer_url: str, query: str, index: str, parameters: Callable[[object], list[object]]
) -> None:
    stream = new_stream()
    with ThreadedLedger(writer_url) as ledger:
        ledger.append([new_event(stream, version) for version in range(1, 2001)])
    with psycopg.connect(writer_url, options=READ.options) as connection:
        arrays.register(connection)
        plan = _plan(connection, query, parameters(stream))

    assert plan["Node Type"] == "Index Scan"
    assert plan["Index Name"] == index
    assert plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) <= 37
