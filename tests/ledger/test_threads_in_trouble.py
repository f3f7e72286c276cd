"""The ledger for threads while its server restarts, and while it is closed under running calls."""

import gc
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import LedgerClosedError
from ledger.store.threads import ThreadedLedger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_key, new_stream

THREADS = 32


class Callers:
    """Threads that append without pause, each to its own stream, and read it back."""

    def __init__(self, ledger: ThreadedLedger) -> None:
        self._ledger = ledger
        self.acknowledged: dict[bytes, int] = {}
        self._some_more = threading.Condition()
        self.stopping = False

    def call(self) -> None:
        """Append until told to stop."""
        stream, version = new_stream(), 0
        while not self.stopping:
            version += 1
            event = new_event(stream, version)
            answer = self._ledger.append([event], key=new_key())
            assert (answer.version, answer.repeated) == (version, False)
            with self._some_more:
                self.acknowledged[event.salt] = answer.position
                self._some_more.notify_all()
            if version % 10 == 0:
                assert len(self._ledger.read_stream(stream)) == version

    def more(self, count: int) -> None:
        """Wait until so many more appends are acknowledged."""
        with self._some_more:
            wanted = len(self.acknowledged) + count
            assert self._some_more.wait_for(lambda: len(self.acknowledged) >= wanted, timeout=60)


def a_restart(postgres: EmbeddedPostgres) -> None:
    postgres.ledger.restart()


def a_power_cut(postgres: EmbeddedPostgres) -> None:
    postgres.ledger.kill()
    postgres.ensure_running()


@pytest.mark.parametrize("fault", [a_restart, a_power_cut], ids=lambda fault: fault.__name__)
def test_many_threads_append_and_read_through(
    breakable: EmbeddedPostgres, fault: Callable[[EmbeddedPostgres], None]
) -> None:
    with ThreadedLedger(breakable.ledger_url("pencere_writer")) as ledger, ThreadPoolExecutor(THREADS) as threads:
        callers = Callers(ledger)
        calls = [threads.submit(callers.call) for _ in range(THREADS)]
        try:
            callers.more(100)
            for _ in range(3):
                fault(breakable)
                callers.more(100)
        finally:
            callers.stopping = True
        for call in calls:
            call.result(60)

    check_ledger(breakable.ledger_url("pencere_owner"), callers.acknowledged)


def test_a_ledger_that_is_closed_under_many_threads_leaves_none_of_them_waiting(
    writer_url: str, owner_url: str
) -> None:
    ledger = ThreadedLedger(writer_url)
    ledger.open()
    callers = Callers(ledger)
    with ThreadPoolExecutor(THREADS) as threads:
        calls = [threads.submit(callers.call) for _ in range(THREADS)]
        callers.more(200)
        ledger.close()
        ended = [call.exception(20) for call in calls]

    assert [type(error) for error in ended] == [LedgerClosedError] * THREADS
    assert check_ledger(owner_url, callers.acknowledged) == len(callers.acknowledged), (
        "who was not answered is not there"
    )


class Owner:
    """Closes its ledger when it is garbage-collected, like the applications of the eventsourcing package."""

    def __init__(self, ledger: ThreadedLedger) -> None:
        self.ledger, self.itself = ledger, self

    def __del__(self) -> None:
        self.ledger.close()


def test_a_ledger_that_is_forgotten_with_its_owner_is_whole_until_it_is_closed(
    writer_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The garbage collector must not destroy its tasks and connections under the running loop."""
    gc.disable()
    ledger = ThreadedLedger(writer_url)
    ledger.open()
    ledger.append([new_event(new_stream(), 1)])
    thread = ledger._thread
    Owner(ledger)
    del ledger
    with caplog.at_level(logging.ERROR, "asyncio"):
        gc.enable()
        gc.collect()
        thread.join(20)

    assert not thread.is_alive()
    assert caplog.text == ""
