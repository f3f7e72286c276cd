"""Subscriptions to the ledger miss nothing, whatever happens to the connection that listens."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from eventsourcing.persistence import ApplicationRecorder, InterfaceError, Notification, StoredEvent, Subscription

from ledger.eventsourcing_adapter import LedgerFactory, LedgerSubscription
from ledger.store.threads import ThreadedLedger
from tests.ledger.samples import new_stream

_LISTENERS = """
SELECT pid FROM pg_stat_activity
 WHERE application_name = 'pencere follow' AND datname = current_database() AND query ILIKE 'listen%'
"""
PATIENCE = 20


@pytest.fixture
def factory(writer_url: str) -> Iterator[LedgerFactory]:
    with_ledger = LedgerFactory({"PENCERE_LEDGER_URL": writer_url})
    yield with_ledger
    with_ledger.close()


@pytest.fixture
def recorder(factory: LedgerFactory) -> ApplicationRecorder:
    return factory.application_recorder()


def record(recorder: ApplicationRecorder, topic: str = "shop:Opened", count: int = 1) -> list[int]:
    return list(recorder.insert_events([StoredEvent(new_stream(), 1, topic, b"{}") for _ in range(count)]) or [])


def ids(subscription: Subscription[ApplicationRecorder], count: int) -> list[int]:
    return [next(subscription).id for _ in range(count)]


def test_what_was_there_and_what_comes_is_yielded_once_in_order(recorder: ApplicationRecorder) -> None:
    record(recorder, count=1200)

    with recorder.subscribe(gt=10) as subscription:
        assert ids(subscription, 1190) == list(range(11, 1201))
        for position in range(1201, 1211):
            assert record(recorder) == ids(subscription, 1) == [position]


def test_a_dropped_listening_connection_is_survived(recorder: ApplicationRecorder, writer_url: str) -> None:
    with psycopg.connect(writer_url, autocommit=True) as other, recorder.subscribe() as subscription:
        for _ in range(3):
            listeners: list[tuple[int]] = []
            while not listeners:
                listeners = other.execute(_LISTENERS).fetchall()
            for (pid,) in listeners:
                assert other.execute("SELECT pg_terminate_backend(%s, 20000)", [pid]).fetchone() == (True,)

            assert record(recorder, count=3) == ids(subscription, 3)


def _until_it_waits(subscription: Subscription[ApplicationRecorder]) -> None:
    assert isinstance(subscription, LedgerSubscription)
    while subscription._waiting is None:
        pass


def test_stopping_ends_a_wait_at_once(recorder: ApplicationRecorder) -> None:
    with ThreadPoolExecutor(1) as threads, recorder.subscribe() as subscription:
        waiting = threads.submit(next, subscription, None)
        _until_it_waits(subscription)
        subscription.stop()

        assert waiting.result(PATIENCE) is None


def test_closing_the_ledger_ends_a_wait_with_an_error(factory: LedgerFactory, recorder: ApplicationRecorder) -> None:
    with ThreadPoolExecutor(1) as threads, recorder.subscribe() as subscription:
        waiting = threads.submit(next, subscription, None)
        _until_it_waits(subscription)
        factory.close()

        with pytest.raises(InterfaceError):
            waiting.result(PATIENCE)


def test_topics_are_picked_out_as_they_come(recorder: ApplicationRecorder) -> None:
    with ThreadPoolExecutor(1) as threads, recorder.subscribe(topics=["rare"]) as subscription:
        for _ in range(3):
            coming = threads.submit(next, subscription)
            record(recorder, count=50)
            [position] = record(recorder, "rare")

            found: Notification = coming.result(PATIENCE)
            assert (found.id, found.topic) == (position, "rare")


def test_what_has_another_topic_is_looked_at_once(writer_url: str) -> None:
    """Else, at every event, each reader of a rare topic would read everything since the last rare event again."""
    with ThreadedLedger(writer_url) as ledger:
        recorder = LedgerFactory({"PENCERE_LEDGER_URL": writer_url})
        record(recorder.application_recorder(), count=30)
        subscription = LedgerSubscription(recorder.application_recorder(), ledger, topics=["rare"])
        subscription._turn_page(ledger.head())
        recorder.close()

        assert subscription._seen == 30
        assert not subscription._page


@pytest.mark.parametrize("topics", [[], ["shop:Opened"]])
def test_what_the_ledger_does_not_have_yet_is_not_taken_as_read(writer_url: str, topics: list[str]) -> None:
    with ThreadedLedger(writer_url) as ledger:
        factory = LedgerFactory({"PENCERE_LEDGER_URL": writer_url})
        recorder = factory.application_recorder()
        record(recorder, count=3)
        with LedgerSubscription(recorder, ledger, topics=topics) as subscription:
            subscription._turn_page(900_000)
            subscription._turn_page(900_000)
            record(recorder, count=2)

            assert ids(subscription, 5) == [1, 2, 3, 4, 5]
        assert [each.id for each in recorder.select_notifications(None, 10, 900_000, topics)] == [1, 2, 3, 4, 5]
        assert not recorder.select_notifications(900_000, 10, topics=topics)
        factory.close()
