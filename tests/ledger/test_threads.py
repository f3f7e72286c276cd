"""The ledger for threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.conninfo import make_conninfo

from ledger.records import Appended
from ledger.refusals import KeyReusedError, LedgerUnavailableError, VersionConflictError
from ledger.threads import ThreadedLedger
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
