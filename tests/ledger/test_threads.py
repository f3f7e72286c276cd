"""The ledger for threads."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import pytest
from psycopg.conninfo import make_conninfo

from ledger.refusals import KeyReusedError, LedgerClosedError, LedgerUnavailableError, VersionConflictError
from ledger.store.entries import Appended
from ledger.store.threads import ThreadedLedger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_events, new_key, new_stream


def test_sixteen_threads_append_through_one_ledger(writer_url: str, owner_url: str) -> None:
    acknowledged: dict[bytes, int] = {}

    with ThreadedLedger(writer_url) as ledger, ThreadPoolExecutor(16) as threads:

        def work(_: int) -> None:
            stream = new_stream()
            for version in range(1, 21):
                event = new_event(stream, version)
                acknowledged[event.salt] = ledger.append([event], key=new_key()).position
            assert [entry.version for entry in ledger.read_stream(stream)] == list(range(1, 21))

        list(threads.map(work, range(16)))

        assert ledger.head() == 320 == ledger.wait_beyond(319, timeout=5)
        assert [entry.position for entry in ledger.read(300, 100)] == list(range(301, 321))
    assert check_ledger(owner_url, acknowledged) == 320


def test_threads_that_want_the_same_version_get_it_once(writer_url: str, owner_url: str) -> None:
    stream = new_stream()
    together = threading.Barrier(8)

    with ThreadedLedger(writer_url) as ledger, ThreadPoolExecutor(8) as threads:

        def work(_: int) -> Appended | None:
            together.wait()
            try:
                return ledger.append([new_event(stream, 1)])
            except VersionConflictError:
                return None

        answers = list(threads.map(work, range(8)))

    assert sum(answer is not None for answer in answers) == 1
    assert check_ledger(owner_url) == 1


def test_threads_get_the_same_refusals(writer_url: str) -> None:
    with ThreadedLedger(writer_url) as ledger:
        key = new_key()
        ledger.append(new_events(new_stream(), 1, 2), key=key)

        with pytest.raises(KeyReusedError):
            ledger.append([new_event(new_stream(), 1)], key=key._replace(body=bytes(16)))


def test_a_ledger_that_cannot_be_opened_leaves_no_thread(writer_url: str) -> None:
    before = threading.active_count()
    with pytest.raises(LedgerUnavailableError), ThreadedLedger(make_conninfo(writer_url, dbname="gone"), patience=0.2):
        pass

    assert threading.active_count() == before


def test_whoever_waits_is_told_when_the_ledger_closes(writer_url: str) -> None:
    with ThreadPoolExecutor(1) as threads:
        ledger = ThreadedLedger(writer_url)
        ledger.open()
        begun = ledger.when_beyond(0, 3600)
        waiting: Future[int] = threads.submit(ledger.wait_beyond, 0, 3600)
        assert ledger.head() == 0
        ledger.close()

        with pytest.raises(LedgerClosedError):
            waiting.result(20)
        with pytest.raises(CancelledError):
            begun.result(20)


@pytest.mark.parametrize("question", [ThreadedLedger.head, lambda ledger: ledger.append([new_event(new_stream(), 1)])])
def test_a_closed_ledger_takes_no_question(writer_url: str, question: Callable[[ThreadedLedger], object]) -> None:
    with ThreadedLedger(writer_url) as ledger:
        pass

    with pytest.raises(LedgerClosedError):
        question(ledger)


def test_a_wait_that_is_given_up_disturbs_nobody(writer_url: str) -> None:
    with ThreadedLedger(writer_url) as ledger:
        given_up, kept = ledger.when_beyond(0, 3600), ledger.when_beyond(0, 3600)
        given_up.cancel()
        ledger.append([new_event(new_stream(), 1)])

        assert kept.result(20) == 1


def test_a_ledger_can_be_closed_from_its_own_thread(writer_url: str) -> None:
    ledger = ThreadedLedger(writer_url)
    ledger.open()
    ledger._loop.call_soon_threadsafe(ledger.close)  # as the garbage collector may
    ledger._thread.join(20)

    assert not ledger._thread.is_alive()


def test_a_stretch_of_a_stream_is_read_forwards_and_backwards(writer_url: str) -> None:
    with ThreadedLedger(writer_url) as ledger:
        stream = new_stream()
        ledger.append(new_events(stream, 1, 9))
        ledger.append(new_events(new_stream(), 1, 9))

        assert [entry.version for entry in ledger.read_versions(stream, 2, 6)] == [3, 4, 5, 6]
        assert [entry.version for entry in ledger.read_versions(stream, limit=2)] == [1, 2]
        assert [entry.version for entry in ledger.read_versions(stream, 2, limit=2, backwards=True)] == [9, 8]
        assert ledger.read_versions(stream) == ledger.read_stream(stream)


def test_topics_are_picked_out_of_a_stretch_of_the_ledger(writer_url: str) -> None:
    with ThreadedLedger(writer_url) as ledger:
        for topic in "abcabcabc":
            ledger.append([new_event(new_stream(), 1, topic)])

        assert [entry.position for entry in ledger.read_topics(["a"], 1, 9, 9)] == [4, 7]
        assert [entry.position for entry in ledger.read_topics(["a", "c"], 0, 6, 9)] == [1, 3, 4, 6]
        assert [entry.position for entry in ledger.read_topics(["a", "c"], 0, 9, 2)] == [1, 3]
        assert ledger.read_topics(["d"], 0, 9, 9) == []
